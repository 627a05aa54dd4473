import { useId } from "preact/hooks";

import { Problem } from "./TextField";

interface SelectFieldProps<T extends string> {
  label: string;
  value: T;
  /** What can be chosen, and what it is called. */
  options: readonly (readonly [T, string])[];
  /** What the choice means. */
  hint?: string;
  /** What is wrong with it; "" is nothing. */
  problem: string;
  onChange: (value: T) => void;
}

/** A choice of one, with what is wrong with it. */
export function SelectField<T extends string>({ label, value, options, hint, problem, onChange }: SelectFieldProps<T>) {
  const id = useId();
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <select
        value={value}
        aria-invalid={problem !== ""}
        aria-describedby={problem ? id : undefined}
        onChange={(event) => onChange(event.currentTarget.value as T)}
      >
        {options.map(([option, name]) => <option key={option} value={option}>{name}</option>)}
      </select>
      {hint && <span class="hint muted">{hint}</span>}
      <Problem id={id} message={problem} />
    </label>
  );
}
