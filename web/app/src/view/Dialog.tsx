import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { text } from "../text/text";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Buttons that do something; closing is always there. */
  actions?: ComponentChildren;
}

/** A modal dialog: the browser keeps the focus in it, and gives it back. */
export function Dialog({ title, onClose, children, actions }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const gone = useRef(false);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      // Closing gives the focus back; that is told when another dialog may stand here.
      gone.current = true;
      dialog?.close();
    };
  }, []);
  return (
    <dialog ref={element} aria-labelledby={id} onClose={() => gone.current || onClose()}>
      <h2 id={id}>{title}</h2>
      {children}
      <form method="dialog" class="actions">
        {actions}
        <button>{text("app.close")}</button>
      </form>
    </dialog>
  );
}
