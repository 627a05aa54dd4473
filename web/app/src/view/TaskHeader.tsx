import { isFinal } from "../api/types";
import { readable } from "../layout/signs";
import { about, percent, timeLeft } from "../layout/task";
import { now } from "../state/clock";
import type { TaskHead, TaskStore } from "../state/task";
import { duration, endOf, instant } from "../text/duration";
import { text } from "../text/text";
import { Elapsed } from "./Elapsed";
import { Fact } from "./Fact";
import { LabelText } from "./LabelText";
import { Link } from "./Link";
import { ProgressBar } from "./ProgressBar";
import { StatusBadge } from "./StatusBadge";
import { TaskControls } from "./TaskControls";

/** What a task is and how it stands: what one wants to see at a glance. */
export function TaskHeader({ store }: { store: TaskStore }) {
  const head = store.head.value;
  if (!head) return null;
  return (
    <header class="task-header">
      <div class="task-title">
        <h1 class="foreign">{readable(head.description)}</h1>
        <StatusBadge status={head.status} />
      </div>
      <TaskProgress store={store} head={head} />
      <TaskFacts head={head} id={store.id} />
      <TaskControls store={store} />
    </header>
  );
}

function TaskProgress({ store, head }: { store: TaskStore; head: TaskHead }) {
  return (
    <div class="task-meter">
      <ProgressBar value={store.progress.value} status={head.status} label={text("task.progress")} />
      <span class="number">{percent(store.progress.value)}</span>
      {head.status === "RUNNING" && <Eta store={store} />}
    </div>
  );
}

function Eta({ store }: { store: TaskStore }) {
  const { seconds, made } = store.eta.value;
  const left = timeLeft(seconds, made, now.value);
  if (left === null) return null;
  return <span class="muted">{text("task.eta", duration(about(left)), endOf(now.value + left))}</span>;
}

function TaskFacts({ id, head }: { id: string; head: TaskHead }) {
  return (
    <dl class="facts">
      <Fact name="ID"><span class="number">{id}</span></Fact>
      <Fact name={text("task.owner")}>
        <Link class="foreign" to={`/?owner=${encodeURIComponent(head.owner)}`}>{readable(head.owner)}</Link>
      </Fact>
      <Fact name={text("task.created")}>{instant(head.createdAt)}</Fact>
      {head.startedAt && <Fact name={text("task.started")}>{instant(head.startedAt)}</Fact>}
      {head.finishedAt && <Fact name={text("task.finished")}>{instant(head.finishedAt)}</Fact>}
      {head.startedAt && (
        <Fact name={text("task.elapsed")}>
          <Elapsed from={head.startedAt} to={isFinal(head.status) ? head.finishedAt : null} />
        </Fact>
      )}
      {(head.attempt > 1 || head.maxAttempts > 1) && (
        <Fact name={text("task.attempt")}>{text("task.attempt.of", head.attempt, Math.max(head.attempt, head.maxAttempts))}</Fact>
      )}
      {head.priority !== 0 && <Fact name={text("task.priority")}><span class="number">{head.priority}</span></Fact>}
      {head.labels.length > 0 && (
        <Fact name={text("task.labels")}>
          <span class="labels">
            {head.labels.map((label) => (
              <span key={label.key} class="label"><LabelText label={label} /></span>
            ))}
          </span>
        </Fact>
      )}
    </dl>
  );
}
