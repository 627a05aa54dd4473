import { useId } from "preact/hooks";

interface ProblemProps {
  id?: string;
  message: string;
}

/** What is wrong with a field, below it. */
export function Problem({ id, message }: ProblemProps) {
  return message ? <span id={id} class="problem">{message}</span> : null;
}

export interface TextFieldProps {
  label: string;
  value: string;
  /** What may be written. */
  hint?: string;
  /** What is wrong with it; "" is nothing. */
  problem: string;
  onInput: (value: string) => void;
  class?: string | undefined;
  /** Whether nobody is to read it. */
  password?: boolean;
  /** What the browser may fill in. */
  autocomplete?: "off" | "current-password" | "new-password";
  inputMode?: "numeric" | "text" | undefined;
  required?: boolean | undefined;
  /** Whether the label is for screen readers only: a heading says it to the others. */
  quiet?: boolean | undefined;
}

/** A line of text, with what is wrong with it. */
export function TextField({ label, value, hint = "", problem, onInput, class: name = "", password, autocomplete = "off", inputMode, required, quiet }: TextFieldProps) {
  const id = useId();
  const props = {
    value, inputMode, required, autocomplete,
    placeholder: quiet ? label : undefined,
    "aria-invalid": problem !== "",
    "aria-describedby": problem ? id : undefined,
    onInput: (event: InputEvent) => onInput((event.currentTarget as HTMLInputElement).value),
  };
  return (
    <label class={`field ${name}`}>
      <span class={quiet ? "visually-hidden" : "field-label"}>{label}</span>
      {password ? <input type="password" {...props} /> : <input {...props} />}
      {hint && <span class="hint muted">{hint}</span>}
      <Problem id={id} message={problem} />
    </label>
  );
}
