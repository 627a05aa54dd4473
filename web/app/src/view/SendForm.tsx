import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

import type { MutationForm } from "../state/mutationform";
import { text } from "../text/text";
import { focusProblem } from "./focus";

interface SendFormProps<Values extends object> {
  form: MutationForm<Values>;
  /** What it is for, for who cannot see where it stands. */
  label: string;
  /** What the button says. */
  button: string;
  /** Sends the form; says whether it was taken. */
  onSend: () => Promise<boolean>;
  children: ComponentChildren;
}

/** The frame of a form for a mutation: what is wrong with the whole, the fields, and the button. */
export function SendForm<Values extends object>({ form, label, button, onSend, children }: SendFormProps<Values>) {
  const element = useRef<HTMLFormElement>(null);
  const send = async (event: Event) => {
    event.preventDefault();
    if (!(await onSend())) focusProblem(element.current);
  };
  const whole = form.problems.value[""];
  return (
    <form ref={element} class="send" aria-label={label} onSubmit={send} noValidate>
      {whole && <p class="card problems problem" role="alert" tabIndex={-1}>{whole}</p>}
      {children}
      <div><button class="primary" disabled={form.sending.value}>{form.sending.value ? text("task.sending") : button}</button></div>
    </form>
  );
}
