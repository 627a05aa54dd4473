import type { Label, TaskRow as Task } from "../api/types";
import { isFinal } from "../api/types";
import { readable } from "../layout/signs";
import type { Row } from "../state/tasks";
import { selection } from "../state/chosen";
import { duration, instant } from "../text/duration";
import { text } from "../text/text";
import { Clock } from "./Clock";
import { LabelText } from "./LabelText";
import { Link } from "./Link";
import { ProgressBar } from "./ProgressBar";
import { StatusBadge } from "./StatusBadge";

export interface RowActions {
  /** Chooses the task; `range` all from the last one chosen. */
  onSelect: (id: string, range: boolean) => void;
  onLabel: (label: Label) => void;
  onOwner: (owner: string) => void;
}

/** One task of the list. On a phone it is a card: roles are said, because the style makes no table of it there. */
export function TaskRow({ row, onSelect, onLabel, onOwner }: { row: Row } & RowActions) {
  const task = row.task.value;
  const chosen = selection.value.ids.has(row.id);
  const out = row.out.value;
  return (
    <tr role="row" class={`task-row${out ? " is-out" : ""}${chosen ? " is-chosen" : ""}`} data-id={row.id}>
      <td role="cell" class="task-check">
        <input
          type="checkbox"
          checked={chosen}
          aria-label={text("list.select", task.description)}
          onClick={(event) => onSelect(row.id, event.shiftKey)}
        />
      </td>
      <td role="cell" class="task-status">
        <StatusBadge status={task.status} />
      </td>
      <td role="cell" class="task-what">
        <Link to={`/tasks/${row.id}`} class="foreign">{readable(task.description)}</Link>
        <Marks task={task} out={out} />
        {task.labels.length > 0 && <Labels labels={task.labels} onLabel={onLabel} />}
      </td>
      <td role="cell" class="task-progress">
        <Progress task={task} />
      </td>
      <td role="cell" class="task-owner">
        <button class="quiet foreign" onClick={() => onOwner(task.owner)}>{readable(task.owner)}</button>
      </td>
      <td role="cell" class="task-age">
        <time dateTime={task.createdAt} title={instant(task.createdAt)}>
          <Clock key={task.createdAt} of={(now) => text("time.ago", duration(seconds(now - Date.parse(task.createdAt))))} />
        </time>
      </td>
      <td role="cell" class="task-took">{took(task)}</td>
    </tr>
  );
}

/** What a glance must not miss. */
function Marks({ task, out }: { task: Task; out: boolean }) {
  const since = task.stalledSince;
  return (
    <>
      {since && !isFinal(task.status) && (
        <span class="task-mark is-stalled">
          ⚠ <Clock key={since} of={(now) => text("list.stalled", duration(seconds(now - Date.parse(since))))} />
        </span>
      )}
      {out && <span class="task-mark">{text("list.out")}</span>}
    </>
  );
}

function Labels({ labels, onLabel }: { labels: Label[]; onLabel: (label: Label) => void }) {
  return (
    <span class="labels">
      {labels.map((label) => (
        <button key={label.key} class="label" onClick={() => onLabel(label)}>
          <LabelText label={label} />
        </button>
      ))}
    </span>
  );
}

function Progress({ task }: { task: Task }) {
  if (task.status === "WAITING" && task.progress === 0) return null;
  const eta = task.etaSeconds;
  const end = Date.parse(task.updatedAt) + (eta ?? 0) * 1_000;
  return (
    <>
      <ProgressBar value={task.progress} status={task.status} label={task.description} />
      <span class="task-figures">
        <span>{Math.floor(task.progress)}%</span>
        {eta !== null && task.status === "RUNNING" && (
          <span><Clock key={end} of={(now) => text("time.left", duration(seconds(Math.max(1_000, end - now))))} /></span>
        )}
      </span>
    </>
  );
}

function took(task: Task) {
  if (!task.startedAt) return "–";
  const start = Date.parse(task.startedAt);
  if (task.finishedAt) return duration(Date.parse(task.finishedAt) - start);
  return <Clock key={start} of={(now) => duration(seconds(now - start))} />;
}

/** Whole seconds, in milliseconds: what runs on a clock shows no parts of them. */
const seconds = (milliseconds: number) => Math.max(0, Math.floor(milliseconds / 1_000) * 1_000);
