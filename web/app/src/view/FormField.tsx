import { useId } from "preact/hooks";

import type { Path } from "../layout/path";
import { change, concerns, problems, valueAt } from "../state/draft";

/** What is wrong at a place of the form, or in it. */
export const problemAt = (path: Path): string =>
  problems.value.filter((problem) => concerns(problem, path)).map((problem) => problem.message).join(" ");

interface ProblemProps {
  id?: string;
  message: string;
}

export function Problem({ id, message }: ProblemProps) {
  return message ? <span id={id} class="problem">{message}</span> : null;
}

interface FormFieldProps {
  path: Path;
  label: string;
  class?: string;
  inputMode?: "numeric" | "text";
  required?: boolean;
  /** Whether the label is for screen readers only: a heading says it to the others. */
  quiet?: boolean;
}

/** A line of text of the form, with what is wrong with it. */
export function FormField({ path, label, class: name = "", inputMode, required, quiet }: FormFieldProps) {
  const id = useId();
  const message = problemAt(path);
  return (
    <label class={`field ${name}`}>
      <span class={quiet ? "visually-hidden" : "field-label"}>{label}</span>
      <input
        value={String(valueAt(path) ?? "")}
        inputMode={inputMode}
        required={required}
        autocomplete="off"
        placeholder={quiet ? label : undefined}
        aria-invalid={message !== ""}
        aria-describedby={message ? id : undefined}
        onInput={(event) => change(path, event.currentTarget.value)}
      />
      <Problem id={id} message={message} />
    </label>
  );
}
