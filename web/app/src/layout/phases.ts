import { isFinal, type Status } from "../api/types";

/** A span in which the task had one status; `to` is null while it has. Milliseconds since 1970. */
export interface Phase {
  status: Status;
  from: number;
  to: number | null;
}

/** A recorded change of a task's status; `at` is RFC 3339. */
export interface StatusChange {
  at: string;
  to: Status;
}

/** What is known of an attempt as a whole. */
export interface AttemptSpan {
  status: Status;
  startedAt: string | null;
  finishedAt: string | null;
}

/**
 * Where a task stood over time. `begin` is when the attempt was put into the queue. Without
 * changes, what is known of the attempt as a whole makes the phases.
 */
export function phasesOf(begin: number, changes: readonly StatusChange[], attempt: AttemptSpan): Phase[] {
  const told = changes.length > 0 ? changes : toldBy(attempt);
  const phases: Phase[] = [{ status: "WAITING", from: begin, to: null }];
  for (const change of told) {
    const last = phases[phases.length - 1]!;
    last.to = Math.max(last.from, Date.parse(change.at));
    phases.push({ status: change.to, from: last.to, to: null });
  }
  return ended(phases).filter((phase) => phase.to !== phase.from || phase.status !== "WAITING");
}

function toldBy({ status, startedAt, finishedAt }: AttemptSpan): StatusChange[] {
  const changes: StatusChange[] = [];
  if (startedAt !== null) changes.push({ at: startedAt, to: finishedAt === null ? status : "RUNNING" });
  if (finishedAt !== null) changes.push({ at: finishedAt, to: status });
  return changes;
}

/** A final status lasts no time: what ran last has its colour. */
function ended(phases: Phase[]): Phase[] {
  const last = phases[phases.length - 1]!;
  if (!isFinal(last.status)) return phases;
  const ran = phases.slice(0, -1);
  const before = ran[ran.length - 1];
  if (before && before.status !== "WAITING" && before.status !== "PAUSED") before.status = last.status;
  return ran;
}

/** The phases as they were at an instant. */
export function phasesAt(phases: readonly Phase[], instant: number): Phase[] {
  return phases
    .filter((phase) => phase.from <= instant)
    .map((phase) => (phase.to !== null && phase.to > instant ? { ...phase, to: null, status: unended(phase.status) } : phase));
}

/** What ended later was running. */
const unended = (status: Status): Status => (isFinal(status) ? "RUNNING" : status);
