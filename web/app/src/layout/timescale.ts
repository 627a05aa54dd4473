/** A span of time; instants are milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** A part of the axis that runs evenly: `left` and `right` are fractions of its width. */
export interface Stretch extends Span {
  left: number;
  right: number;
  /** Whether nothing happened in it, so that it is drawn short: a mark stands for it. */
  folded: boolean;
}

/** The axis: stretches one after the other, from 0 to 1. There is at least one. */
export type TimeScale = readonly Stretch[];

export interface Tick {
  /** Milliseconds since the origin; negative before it. */
  since: number;
  /** A fraction of the width. */
  left: number;
}

/** How wide a folded stretch is, in pixels. */
const foldWidth = 28;
/** How much of the axis folded stretches may take. */
const foldShare = 0.3;
/** An idle span is folded when it is longer than this, in milliseconds, and than this part of what is busy. */
const idleLeast = 20_000;
const idlePart = 0.25;

/** Makes the axis of a span; what is long between `busy` spans is folded. `width` is in pixels. */
export function timeScale(whole: Span, busy: readonly Span[], width: number): TimeScale {
  const from = whole.from;
  const to = Math.max(whole.to, from + 1);
  const folds = idle(merged(busy, { from, to }), { from, to }, Math.floor((width * foldShare) / foldWidth));
  const fold = foldWidth / Math.max(width, 1);
  const slope = (1 - folds.length * fold) / (to - from - sum(folds));

  const scale: Stretch[] = [];
  let at = from;
  let left = 0;
  const add = (end: number, wide: number, folded: boolean) => {
    if (end <= at) return;
    scale.push({ from: at, to: end, left, right: left + wide, folded });
    left += wide;
    at = end;
  };
  for (const gap of folds) {
    add(gap.from, (gap.from - at) * slope, false);
    add(gap.to, fold, true);
  }
  add(to, (to - at) * slope, false);
  scale[scale.length - 1]!.right = 1;
  return scale;
}

/** Where an instant lies, as a fraction of the width; what is outside lies at the end of its side. */
export function place(scale: TimeScale, instant: number): number {
  for (const stretch of scale) {
    if (instant >= stretch.to) continue;
    const part = Math.max(0, instant - stretch.from) / (stretch.to - stretch.from);
    return stretch.left + part * (stretch.right - stretch.left);
  }
  return 1;
}

const sum = (spans: readonly Span[]) => spans.reduce((total, span) => total + span.to - span.from, 0);

/** Spans within `whole` in order, those that touch made one. */
function merged(spans: readonly Span[], whole: Span): Span[] {
  const runs: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const from = Math.max(span.from, whole.from);
    const to = Math.min(span.to, whole.to);
    const last = runs[runs.length - 1];
    if (to < from) continue;
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else runs.push({ from, to });
  }
  return runs;
}

/** The longest spans between runs that are worth folding, `most` at most, in order. */
function idle(runs: readonly Span[], whole: Span, most: number): Span[] {
  const busy = sum(runs);
  // Without anything busy there is nothing to make room for.
  if (busy === 0) return [];
  const worth = Math.max(idleLeast, busy * idlePart);
  const gaps: Span[] = [];
  let at = whole.from;
  for (const run of [...runs, { from: whole.to, to: whole.to }]) {
    if (run.from - at > worth) gaps.push({ from: at, to: run.from });
    at = run.to;
  }
  return gaps
    .toSorted((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, most)
    .toSorted((a, b) => a.from - b.from);
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Distances between ticks that read well. */
const distances = [
  1, 2, 5, 10, 20, 50, 100, 200, 500,
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 28].map((n) => n * day),
];

/** The smallest distance that reads well and is no less than this, in milliseconds. */
export function tickStep(least: number): number {
  let step = distances.find((one) => one >= least) ?? 28 * day;
  while (step < least) step *= 2;
  return step;
}

/** How far ticks are apart at least, in pixels, and how much a label needs right of its tick. */
const tickGap = 84;
const labelWidth = 60;

/** The ticks of the axis, counted from `origin`; folded stretches have none. `width` is in pixels. */
export function ticks(scale: TimeScale, origin: number, width: number): Tick[] {
  const even = scale.find((stretch) => !stretch.folded);
  if (!even || width <= 0) return [];
  const step = tickStep((tickGap * (even.to - even.from)) / ((even.right - even.left) * width));
  const found: Tick[] = [];
  let free = 0;
  for (const stretch of scale) {
    if (stretch.folded) {
      free = Math.max(free, stretch.right * width);
      continue;
    }
    for (let k = Math.ceil((stretch.from - origin) / step); origin + k * step <= stretch.to; k++) {
      const left = stretch.left + ((origin + k * step - stretch.from) / (stretch.to - stretch.from)) * (stretch.right - stretch.left);
      if (left * width < free - 0.5 || left * width > width - labelWidth) continue;
      // Never a negative zero.
      found.push({ since: k * step || 0, left });
      free = left * width + tickGap - 1;
    }
  }
  return found;
}

/** Where an axis that grows ends: beyond now by a step that reads well, so that it changes seldom. */
export function horizon(from: number, now: number): number {
  const elapsed = Math.max(now - from, second);
  const step = tickStep(elapsed / 8);
  return from + Math.ceil((elapsed + step / 4) / step) * step;
}
