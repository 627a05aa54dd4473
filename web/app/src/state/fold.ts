import { isFinal, type Status } from "../api/types";

/** A content as it was; instants are RFC 3339, progress 0 to 100. */
export interface ReplayContent {
  id: string;
  message: string;
  status: Status;
  isProgressAvailable: boolean;
  progress: number;
  startTime: string | null;
  finishTime: string | null;
}

export interface ReplayStep {
  id: string;
  description: string;
  status: Status;
  progress: number;
  startTime: string | null;
  finishTime: string | null;
  contents: readonly ReplayContent[];
}

/** A task as it was after one of its events. */
export interface ReplayState {
  /** The number of that event, which was the task's version. */
  version: number;
  /** When the event was recorded. */
  updatedAt: string;
  attempt: number;
  timelineId: number;
  status: Status;
  progress: number;
  startedAt: string | null;
  finishedAt: string | null;
  steps: readonly ReplayStep[];
}

/** A recorded event, as the operation replayPage asks for it. */
export type ReplayEvent = { version: number; at: string; attempt: number; timelineId: number } & (
  | { __typename: "TaskStatusChanged"; to: Status }
  | { __typename: "TaskUpdated" }
  | { __typename: "StepChanged" }
  | { __typename: "ContentChanged"; contentId: string; status: Status; progress: number; message: string }
  | { __typename: "PlanChanged"; steps: readonly ReplayStep[] }
);

/**
 * The task after the next event, as the server folds it: what did not change is the same object.
 * An event of a content does not say when the content started and ended: it did when its status
 * says so, because a change of status is recorded at once. Nor does it say whether its progress
 * was reported: it counts as reported once it is above 0 before the end.
 */
export function fold(state: ReplayState, event: ReplayEvent): ReplayState {
  const next = { ...state, version: event.version, updatedAt: event.at };
  if (event.attempt > state.attempt) return openAttempt(next, event);
  switch (event.__typename) {
    case "TaskStatusChanged":
      next.status = event.to;
      if (event.to === "RUNNING") next.startedAt ??= event.at;
      if (isFinal(event.to)) next.finishedAt = event.at;
      break;
    case "ContentChanged":
      next.steps = state.steps.map((step) => changed(step, event.contentId, (content) => contentAfter(content, event)));
      break;
    case "PlanChanged":
      next.steps = kept(state.steps, event.steps);
      break;
  }
  next.progress = shown(state.progress, mean(next.steps), next.status);
  return next;
}

/** Lowers the floors of every progress; the PlanChanged that puts the contents back comes next. */
function openAttempt(state: ReplayState, event: ReplayEvent): ReplayState {
  return {
    ...state,
    attempt: event.attempt,
    timelineId: event.timelineId,
    status: event.__typename === "TaskStatusChanged" ? event.to : state.status,
    progress: 0,
    startedAt: null,
    finishedAt: null,
    steps: state.steps.map((step) => ({ ...step, progress: 0 })),
  };
}

type ContentEvent = Extract<ReplayEvent, { __typename: "ContentChanged" }>;

function contentAfter(content: ReplayContent, event: ContentEvent): ReplayContent {
  const { status, progress, message } = event;
  const begins = content.startTime === null && status !== "WAITING" && status !== "PAUSED" && status !== "SKIPPED" && status !== "CANCELLED";
  const startTime = begins ? event.at : content.startTime;
  return {
    ...content,
    status, progress, message, startTime,
    finishTime: isFinal(status) && startTime !== null ? (content.finishTime ?? event.at) : null,
    isProgressAvailable: content.isProgressAvailable || (progress > 0 && !isFinal(status)),
  };
}

function changed(step: ReplayStep, id: string, change: (content: ReplayContent) => ReplayContent): ReplayStep {
  const i = step.contents.findIndex((content) => content.id === id);
  if (i < 0) return step;
  return derived({ ...step, contents: step.contents.with(i, change(step.contents[i]!)) });
}

/** What follows from the contents of a step. */
function derived(step: ReplayStep): ReplayStep {
  const status = statusOf(step.contents);
  const progress = step.contents.length === 0 ? step.progress : shown(step.progress, mean(step.contents), status);
  const starts = step.contents.flatMap((content) => content.startTime ?? []);
  const ends = step.contents.flatMap((content) => content.finishTime ?? []);
  return {
    ...step,
    status,
    progress,
    startTime: starts.reduce<string | null>((least, at) => (least === null || at < least ? at : least), null),
    finishTime: isFinal(status) ? ends.reduce<string | null>((most, at) => (most === null || at > most ? at : most), null) : null,
  };
}

const mean = (parts: readonly { progress: number }[]) =>
  parts.length === 0 ? 0 : parts.reduce((sum, part) => sum + part.progress, 0) / parts.length;

/** The progress to show: never below the floor, 100 only with success. */
const shown = (floor: number, reached: number, status: Status) =>
  status === "SUCCEEDED" ? 100 : Math.min(99.9, Math.max(floor, reached));

/** The first that any content has is the step's. */
const ranked: readonly Status[] = [
  "CANCELLING", "PAUSING", "RUNNING", "PAUSED", "WAITING", "FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED", "SUCCEEDED",
];

function statusOf(contents: readonly ReplayContent[]): Status {
  const held = new Set(contents.map((content) => content.status));
  return ranked.find((status) => held.has(status)) ?? "WAITING";
}

/** The steps after, with what is the same taken from before. */
function kept(before: readonly ReplayStep[], after: readonly ReplayStep[]): ReplayStep[] {
  const old = new Map(before.map((step) => [step.id, step]));
  return after.map((step) => {
    const was = new Map(old.get(step.id)?.contents.map((content) => [content.id, content]));
    return { ...step, contents: step.contents.map((content) => same(was.get(content.id), content)) };
  });
}

function same(before: ReplayContent | undefined, after: ReplayContent): ReplayContent {
  const names = Object.keys(after) as (keyof ReplayContent)[];
  return before && names.every((name) => before[name] === after[name]) ? before : after;
}
