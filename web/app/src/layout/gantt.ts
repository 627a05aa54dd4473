import type { Status } from "../api/types";
import type { Phase } from "./phases";
import { place, type Span, type Tick, ticks, type TimeScale, timeScale } from "./timescale";

/** A content as the chart needs it; instants are RFC 3339. */
export interface ContentSpan {
  id: string;
  message: string;
  status: Status;
  startTime: string | null;
  finishTime: string | null;
}

export interface StepSpan {
  id: string;
  description: string;
  status: Status;
  startTime: string | null;
  finishTime: string | null;
  contents: readonly ContentSpan[];
}

/** What the axis is made from. */
export interface ScaleInput {
  steps: readonly StepSpan[];
  /** Where the task stood, in order. */
  phases: readonly Phase[];
  /** What the axis shows, at least. */
  whole: Span;
  /** Where bars end that have no end yet. */
  now: number;
  /** Of the axis, in pixels. */
  width: number;
}

export interface GanttInput extends ScaleInput {
  /** From where ticks count. */
  origin: number;
  /** The ids of steps whose contents are shown. */
  expanded: ReadonlySet<string>;
  /** An axis made before; the steps make one otherwise. */
  scale?: TimeScale;
}

/** A bar; `left` and `width` are fractions of the axis. `to` is null while it grows. */
export interface Bar {
  status: Status;
  from: number;
  to: number | null;
  left: number;
  width: number;
  /** It ended before the attempt began: an earlier one did it, and it was not run again. */
  earlier: boolean;
}

export interface Row {
  /** Of the step or content; "" is the row of the task. */
  id: string;
  label: string;
  status: Status;
  bars: readonly Bar[];
  /** The end is said to be before the start, or the start to be still to come: clocks disagree. */
  skewed: boolean;
  /** 1 is the task or a step, 2 a content. */
  level: 1 | 2;
  /** Its place among the rows of its level below the same row, from 1, and how many those are. */
  position: number;
  siblings: number;
  /** How many contents it can show, and whether it does. */
  contents: number;
  expanded: boolean;
}

export interface Gantt {
  scale: TimeScale;
  ticks: readonly Tick[];
  /** The task itself, then each step, followed by its contents when it is expanded. */
  rows: readonly Row[];
}

/** Lays out the steps of an attempt, and the contents of those that are expanded, on one axis. */
export function gantt(input: GanttInput): Gantt {
  const { steps, expanded } = input;
  const scale = input.scale ?? scaleOf(input);
  const siblings = steps.length + 1;
  const lay = { ...input, scale };
  const rows = [taskRow(input, scale)];
  for (const [i, step] of steps.entries()) {
    const row = rowOf(step, step.description, lay, 1, i + 2, siblings);
    row.contents = step.contents.length;
    row.expanded = expanded.has(step.id);
    rows.push(row);
    if (!row.expanded) continue;
    for (const [j, content] of step.contents.entries()) rows.push(rowOf(content, content.message, lay, 2, j + 1, row.contents));
  }
  return { scale, ticks: ticks(scale, input.origin, input.width), rows };
}

/** Whether two rows look the same. */
export function sameRow(a: Row, b: Row): boolean {
  return (
    a.label === b.label && a.status === b.status && a.skewed === b.skewed && a.position === b.position && a.siblings === b.siblings &&
    a.contents === b.contents && a.expanded === b.expanded && a.bars.length === b.bars.length &&
    a.bars.every((bar, i) => sameBar(bar, b.bars[i]!))
  );
}

/** Bars that grow are measured by who shows them: where they end now makes no difference. */
const sameBar = (a: Bar, b: Bar) =>
  a.status === b.status && a.from === b.from && a.to === b.to && a.left === b.left && a.earlier === b.earlier && (a.to === null || a.width === b.width);

/** The axis of an attempt: all that ran is on it, and where nothing ran for long it is folded. */
export function scaleOf({ steps, phases, whole, now, width }: ScaleInput): TimeScale {
  const ran: Span[] = [];
  let { from, to } = whole;
  for (const content of steps.flatMap((step) => step.contents)) {
    const span = spanOf(content, now);
    if (!span) continue;
    const end = span.to ?? Math.max(now, span.from);
    ran.push({ from: span.from, to: end });
    from = Math.min(from, span.from);
    to = Math.max(to, end);
  }
  return timeScale({ from, to }, without(ran, phases, now), width);
}

/** The spans without the time in which the task was paused: nothing ran then. */
function without(spans: Span[], phases: readonly Phase[], now: number): Span[] {
  let rest = spans;
  for (const pause of phases) {
    if (pause.status !== "PAUSED") continue;
    const to = pause.to ?? now;
    rest = rest.flatMap((span) => {
      if (pause.from >= span.to || to <= span.from) return [span];
      const parts = [{ from: span.from, to: pause.from }, { from: to, to: span.to }];
      return parts.filter((part) => part.to > part.from);
    });
  }
  return rest;
}

/** Where a bar lies; one that grows is measured again with each tick of the clock. */
export function measure(scale: TimeScale, from: number, to: number): { left: number; width: number } {
  const left = place(scale, from);
  return { left, width: Math.max(0, place(scale, to) - left) };
}

function taskRow({ phases, now, steps }: GanttInput, scale: TimeScale): Row {
  return {
    id: "", label: "", status: phases[phases.length - 1]?.status ?? "WAITING",
    bars: phases.map((phase) => barOf(scale, phase.status, phase, now, phase.from)),
    skewed: false, level: 1, position: 1, siblings: steps.length + 1, contents: 0, expanded: false,
  };
}

type Lay = GanttInput & { scale: TimeScale };

function rowOf(thing: ContentSpan | StepSpan, label: string, { scale, now, whole }: Lay, level: 1 | 2, position: number, siblings: number): Row {
  const span = spanOf(thing, now);
  return {
    id: thing.id, label, status: thing.status,
    bars: span ? [barOf(scale, thing.status, span, now, whole.from)] : [],
    skewed: span !== null && span.skewed, level, position, siblings, contents: 0, expanded: false,
  };
}

interface Open {
  from: number;
  to: number | null;
}

function barOf(scale: TimeScale, status: Status, { from, to }: Open, now: number, begin: number): Bar {
  const { left, width } = measure(scale, from, Math.max(from, to ?? now));
  return { status, from, to, left, width, earlier: to !== null && from < begin && to <= begin };
}

/** How far ahead of this clock a start may be before clocks are said to disagree, in milliseconds. */
const tolerance = 5_000;

/** From when to when something ran; null when it never started. An end before the start counts as the start. */
function spanOf(thing: ContentSpan | StepSpan, now: number): (Open & { skewed: boolean }) | null {
  if (thing.startTime === null) return null;
  const from = Date.parse(thing.startTime);
  if (thing.finishTime === null) return { from, to: null, skewed: from - now > tolerance };
  const to = Date.parse(thing.finishTime);
  return { from, to: Math.max(from, to), skewed: to < from };
}

/** Which rows of a list are in sight, with some more on each side; all sizes in pixels. */
export function visible(count: number, rowHeight: number, scrollTop: number, height: number): { first: number; end: number } {
  const more = 6;
  const first = Math.min(count, Math.max(0, Math.floor(scrollTop / rowHeight) - more));
  return { first, end: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + more) };
}
