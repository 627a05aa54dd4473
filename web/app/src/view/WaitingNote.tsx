import { useEffect } from "preact/hooks";

import type { WaitingFor } from "../api/types";
import { now } from "../state/clock";
import { every } from "../state/every";
import type { TaskHead, TaskStore } from "../state/task";
import { duration, instant } from "../text/duration";
import { text } from "../text/text";
import { ErrorText } from "./ErrorText";

/** How often a waiting task is asked for its place in the queue, in milliseconds. */
const period = 5_000;

/** What is to be said of a task besides its status: why it waits, that it stalls, why and by whom it ended. */
export function WaitingNote({ store }: { store: TaskStore }) {
  const head = store.head.value;
  const waits = head?.status === "WAITING";
  useEffect(() => (waits ? every(period, store.reloadWaiting) : undefined), [store, waits]);
  if (!head) return null;
  const waiting = store.extras.value?.waitingFor;
  return (
    <div class="task-notes">
      {waits && waiting && <Waiting waiting={waiting} />}
      {head.stalledSince && <Stalled since={head.stalledSince} />}
      {head.error && <p class="task-note is-problem"><ErrorText error={head.error} taskId={store.id} /></p>}
      {head.endedBy && head.endedBy.by !== "task" && <Ended ending={head.endedBy} />}
    </div>
  );
}

function Waiting({ waiting }: { waiting: WaitingFor }) {
  return (
    <p class="task-note">
      <span>{text(`task.waits.${waiting.reason}`)}</span>
      {waiting.position !== null && <span> {text("task.waits.position", waiting.position)}</span>}
      {waiting.until && <Until at={waiting.until} />}
    </p>
  );
}

function Until({ at }: { at: string }) {
  const left = Date.parse(at) - now.value;
  if (left <= 0) return null;
  return <span> {text("task.waits.until", instant(at), text("time.in", duration(Math.ceil(left / 1_000) * 1_000)))}</span>;
}

function Stalled({ since }: { since: string }) {
  return <p class="task-note is-warning">{text("task.stalled", duration(Math.max(1_000, now.value - Date.parse(since))))}</p>;
}

function Ended({ ending }: { ending: NonNullable<TaskHead["endedBy"]> }) {
  const at = instant(ending.at);
  return (
    <p class={`task-note${ending.survivors > 0 ? " is-problem" : ""}`}>
      <span class="foreign">{ending.by === "server" ? text("task.endedBy.server", at) : text("task.endedBy", ending.by, at)}</span>
      {ending.signals.length > 0 && <span> {text("task.signals", ending.signals.join(", "))}</span>}
      {" "}
      <span>{ending.survivors > 0 ? text("task.survivors", ending.survivors) : text("task.noSurvivors")}</span>
    </p>
  );
}
