import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { text } from "../text/text";
import { Dialog } from "./Dialog";

interface ConfirmDialogProps {
  title: string;
  /** What the button says. */
  action: string;
  /** Whether something ends or is lost. */
  danger: boolean;
  /** Does it: null when it was done, else why not. */
  run: () => Promise<string | null>;
  onClose: () => void;
  /** What it will do. */
  children: ComponentChildren;
}

/** Says what an action will do, does it, and stays open with the reason when it was refused. */
export function ConfirmDialog({ title, action, danger, run, onClose, children }: ConfirmDialogProps) {
  const sending = useSignal(false);
  const refusal = useSignal<string | null>(null);

  const go = async () => {
    if (sending.value) return;
    sending.value = true;
    refusal.value = null;
    refusal.value = await run();
    sending.value = false;
    if (refusal.value === null) onClose();
  };

  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={<button type="button" autofocus class={danger ? "danger" : "primary"} disabled={sending.value} onClick={go}>{action}</button>}
    >
      {children}
      <p role="status">{sending.value ? text("task.sending") : ""}</p>
      {refusal.value !== null && <p role="alert" class="problem">{refusal.value}</p>}
    </Dialog>
  );
}
