import { Field, type FieldProps } from "./Field";

interface SelectFieldProps<T extends string> extends FieldProps {
  value: T;
  /** What can be chosen, and what it is called. */
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}

/** A choice of one. */
export function SelectField<T extends string>({ value, options, onChange, ...field }: SelectFieldProps<T>) {
  return (
    <Field {...field}>
      {(aria) => (
        <select value={value} {...aria} onChange={(event) => onChange(event.currentTarget.value as T)}>
          {options.map(([option, name]) => <option key={option} value={option}>{name}</option>)}
        </select>
      )}
    </Field>
  );
}
