import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import type { Status } from "../api/types";
import { readable } from "../layout/signs";
import { type Action, actionsOf } from "../layout/task";
import { notify } from "../state/announce";
import { control, obstacle } from "../state/control";
import { bind } from "../state/keys";
import { may } from "../state/session";
import type { TaskStore } from "../state/task";
import { text } from "../text/text";
import { ConfirmDialog } from "./ConfirmDialog";
import { Link } from "./Link";

/** What was true when the dialog was opened: it is what the viewer decides about. */
interface Question {
  action: Action;
  status: Status;
  attempt: number;
  version: number;
}

/** The buttons of a task, and the keys that are as good. */
export function TaskControls({ store }: { store: TaskStore }) {
  const question = useSignal<Question | null>(null);
  const status = store.head.value?.status;

  const ask = (action: Action) => {
    const head = store.head.peek();
    if (!head) return;
    const why = obstacle(store, action);
    if (why !== null) return notify(why);
    question.value = { action, status: head.status, attempt: head.attempt, version: store.version.peek() };
  };

  useEffect(
    () =>
      bind([
        { key: "c", does: "task.key.cancel", run: () => ask("cancel") },
        { key: "p", does: "task.key.pause", run: () => ask(actionsOf(store.head.peek()?.status ?? "RUNNING")[0] ?? "pause") },
        { key: "r", does: "task.key.retry", run: () => ask("retry") },
      ]),
    [store],
  );

  if (!status) return null;
  return (
    <div class="task-controls">
      {actionsOf(status).map((action) => (
        <ActionButton key={action} store={store} action={action} onAsk={() => ask(action)} />
      ))}
      {may.submit() && <Link class="button" to={`/submit?from=${store.id}`}>{text("task.resubmit")}</Link>}
      {question.value && <Confirm store={store} question={question.value} onClose={() => (question.value = null)} />}
    </div>
  );
}

interface ActionButtonProps {
  store: TaskStore;
  action: Action;
  onAsk: () => void;
}

/** A button that can always be reached: where it can do nothing, it says why. */
function ActionButton({ store, action, onAsk }: ActionButtonProps) {
  const why = obstacle(store, action);
  return (
    <button
      class={action === "cancel" ? "danger" : undefined}
      aria-disabled={why !== null}
      title={why ?? undefined}
      onClick={onAsk}
    >
      {text(`task.${action}`)}
    </button>
  );
}

interface ConfirmProps {
  store: TaskStore;
  question: Question;
  onClose: () => void;
}

/** Asks whether it is to be done, of the task as it was seen. */
function Confirm({ store, question, onClose }: ConfirmProps) {
  const { action, version } = question;
  return (
    <ConfirmDialog
      title={text(`task.${action}.title`)}
      action={text(`task.${action}`)}
      danger={action === "cancel"}
      // What runs has a new version with each tick; what is over is to be retried as it was seen.
      run={() => control(store, action, action === "retry" ? version : undefined)}
      onClose={onClose}
    >
      <p class="foreign task-confirm-name">{readable(store.head.value?.description ?? "")}</p>
      <p>{consequence(question)}</p>
    </ConfirmDialog>
  );
}

function consequence({ action, status, attempt }: Question): string {
  const runs = status === "RUNNING" || status === "PAUSING" || status === "PAUSED";
  if (action === "retry") return text("task.retry.what", attempt + 1);
  if (action === "cancel" && runs) return text("task.cancel.running");
  if (action === "pause" && runs) return text("task.pause.running");
  return text(`task.${action}.what`);
}
