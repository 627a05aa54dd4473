import type { Status } from "../api/types";
import { readable } from "./signs";

/** How many contents of a step stand how. */
export interface Counts {
  total: number;
  /** Those that succeeded. */
  done: number;
  running: number;
  failed: number;
}

export function count(statuses: readonly Status[]): Counts {
  const counts: Counts = { total: statuses.length, done: 0, running: 0, failed: 0 };
  for (const status of statuses) {
    if (status === "SUCCEEDED") counts.done++;
    if (status === "RUNNING") counts.running++;
    if (status === "FAILED" || status === "TIMED_OUT") counts.failed++;
  }
  return counts;
}

/**
 * Whether a step is shown with its contents unless somebody said otherwise: where something
 * happens, or went wrong, and the step that is next (`next`).
 */
export function opens(status: Status, next: boolean): boolean {
  return next || !(status === "WAITING" || status === "SUCCEEDED" || status === "SKIPPED");
}

/** A progress as it is written: whole per cent, never more than there is, so that 99.9 is not 100. */
export const percent = (progress: number): string => `${Math.floor(progress)} %`;

/**
 * How long it goes on, in milliseconds, by an estimate of `etaSeconds` made at `made`
 * (milliseconds since 1970); null while nobody knows, and when the estimate is past.
 */
export function timeLeft(etaSeconds: number | null, made: number, now: number): number | null {
  if (etaSeconds === null) return null;
  const left = made + etaSeconds * 1_000 - now;
  return left > 0 ? left : null;
}

/** An estimate as people say it: seconds up to a minute in tens, minutes up to an hour, then five minutes. */
export function about(milliseconds: number): number {
  const step = milliseconds <= 10_000 ? 1_000 : milliseconds <= 90_000 ? 10_000 : milliseconds <= 3_600_000 ? 60_000 : 300_000;
  return Math.max(1, Math.round(milliseconds / step)) * step;
}

/** What becomes of a task when somebody asks for it. */
export type Action = "cancel" | "pause" | "resume" | "retry";

const allowed: Record<Action, readonly Status[]> = {
  cancel: ["WAITING", "RUNNING", "PAUSING", "PAUSED"],
  pause: ["WAITING", "RUNNING"],
  resume: ["PAUSED", "PAUSING"],
  retry: ["FAILED", "TIMED_OUT", "CANCELLED"],
};

/** Whether a task that stands so can be asked for that. */
export const allows = (status: Status, action: Action): boolean => allowed[action].includes(status);

/** The buttons of a task: it is paused or resumed, never both. */
export function actionsOf(status: Status): Action[] {
  return [allows(status, "resume") ? "resume" : "pause", "cancel", "retry"];
}

/** A text of others between marks that keep its direction to itself, for where no element can. */
export const isolated = (text: string): string => `\u2068${readable(text)}\u2069`;
