import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface ProblemProps {
  id?: string;
  message: string;
}

/** What is wrong with a field, below it. */
export function Problem({ id, message }: ProblemProps) {
  return message ? <span id={id} class="problem">{message}</span> : null;
}

export interface FieldProps {
  label: string;
  /** What may be written, or what a choice means. */
  hint?: string;
  /** What is wrong with it; "" is nothing. */
  problem: string;
  class?: string | undefined;
  /** Whether the label is for screen readers only: a heading says it to the others. */
  quiet?: boolean | undefined;
}

interface FrameProps extends FieldProps {
  /** Makes the control, which takes these attributes. */
  children: (aria: { "aria-labelledby": string; "aria-describedby": string | undefined; "aria-invalid": boolean }) => ComponentChildren;
}

/** A control with its label, a hint, and what is wrong with it. The label alone is its name: the rest describes it. */
export function Field({ label, hint = "", problem, class: name = "", quiet, children }: FrameProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <label class={`field ${name}`}>
      <span id={id} class={quiet ? "visually-hidden" : "field-label"}>{label}</span>
      {children({ "aria-labelledby": id, "aria-describedby": described || undefined, "aria-invalid": problem !== "" })}
      {hint && <span id={`${id}-hint`} class="hint muted">{hint}</span>}
      <Problem id={`${id}-problem`} message={problem} />
    </label>
  );
}
