import { useState } from "preact/hooks";

import type { Status, TaskRow } from "../api/types";
import { type Action, actions, allows, countByStatus, nothingSelected } from "../layout/selection";
import { readable } from "../layout/signs";
import { doToAll, type Outcome, selection } from "../state/chosen";
import { may } from "../state/session";
import type { TaskList } from "../state/tasks";
import { text } from "../text/text";
import { Dialog } from "./Dialog";
import { Link } from "./Link";
import { StatusBadge } from "./StatusBadge";

/** What can be done with the tasks that are chosen. */
export function BulkBar({ list }: { list: TaskList }) {
  const [asked, setAsked] = useState<{ action: Action; tasks: TaskRow[] } | null>(null);
  const ids = selection.value.ids;
  const ask = (action: Action) => {
    const rows = list.rows.peek().filter((row) => ids.has(row.id));
    setAsked({ action, tasks: rows.map((row) => row.task.peek()) });
  };
  return (
    <>
      {ids.size > 0 && (
        <div class="bulk" role="region" aria-label={text("list.selected", ids.size)}>
          <span>{text("list.selected", ids.size)}</span>
          {actions.map((action) => (
            <button key={action} class={action === "cancel" ? "danger" : ""} onClick={() => ask(action)}>{text(`list.${action}`)}</button>
          ))}
          <button class="quiet" onClick={() => (selection.value = nothingSelected)}>{text("list.unselect")}</button>
        </div>
      )}
      {asked && <BulkDialog {...asked} onClose={() => setAsked(null)} />}
    </>
  );
}

interface BulkDialogProps {
  action: Action;
  /** The tasks as they were when it was asked for; the server says what it made of them. */
  tasks: TaskRow[];
  onClose: () => void;
}

/** Says what would happen, does it when told so, and says what happened to each. */
function BulkDialog({ action, tasks, onClose }: BulkDialogProps) {
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const owned = tasks.filter((task) => may.control(task.owner));
  const fit = owned.filter((task) => allows(action, task.status));
  const run = async () => {
    setBusy(true);
    setFailure("");
    try {
      setOutcomes(await doToAll(action, fit.map((task) => task.id)));
      selection.value = nothingSelected;
    } catch (problem) {
      setFailure(text("app.failed", (problem as Error).message));
    }
    setBusy(false);
  };
  if (outcomes) return <Outcomes outcomes={outcomes} tasks={fit} title={text(`list.${action}.done`)} onClose={onClose} />;
  const button = fit.length > 0 && (
    <button type="button" class={action === "cancel" ? "danger" : "primary"} disabled={busy} onClick={run}>
      {text(`list.${action}.do`, fit.length)}
    </button>
  );
  return (
    <Dialog title={text(`list.${action}.title`)} onClose={onClose} actions={button}>
      <p>{fit.length > 0 ? text(`list.${action}.will`, counted(fit)) : text(`list.${action}.none`)}</p>
      {fit.length < owned.length && <p class="muted">{text(`list.${action}.not`, counted(owned.filter((task) => !fit.includes(task))))}</p>}
      {owned.length < tasks.length && <p class="muted">{text(`list.${action}.foreign`, tasks.length - owned.length)}</p>}
      {failure && <p role="alert" class="problem">{failure}</p>}
    </Dialog>
  );
}

/** "3 Running, 2 Waiting" */
const counted = (tasks: TaskRow[]) =>
  countByStatus(tasks.map((task): Status => task.status)).map(([status, n]) => `${n} ${text(`status.${status}`)}`).join(", ");

interface OutcomesProps {
  outcomes: Outcome[];
  tasks: TaskRow[];
  title: string;
  onClose: () => void;
}

function Outcomes({ outcomes, tasks, title, onClose }: OutcomesProps) {
  const accepted = outcomes.filter((outcome) => outcome.status !== null).length;
  return (
    <Dialog title={title} onClose={onClose}>
      <p role="status">{text("list.accepted", accepted, outcomes.length)}</p>
      <ul class="outcomes">
        {outcomes.map((outcome, i) => (
          <li key={outcome.id}>
            <Link to={`/tasks/${outcome.id}`} class="foreign">{readable(tasks[i]?.description ?? outcome.id)}</Link>{" "}
            {outcome.status ? <StatusBadge status={outcome.status} /> : <span class="problem">{outcome.message}</span>}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
