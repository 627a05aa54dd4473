import { Field, type FieldProps } from "./Field";

export interface TextFieldProps extends FieldProps {
  value: string;
  onInput: (value: string) => void;
  /** Whether nobody is to read it. */
  password?: boolean;
  /** What the browser may fill in. */
  autocomplete?: "off" | "current-password" | "new-password";
  inputMode?: "numeric" | "text" | undefined;
  required?: boolean | undefined;
}

/** A line of text. */
export function TextField({ value, onInput, password, autocomplete = "off", inputMode, required, ...field }: TextFieldProps) {
  const props = {
    value, inputMode, required, autocomplete,
    placeholder: field.quiet ? field.label : undefined,
    onInput: (event: InputEvent) => onInput((event.currentTarget as HTMLInputElement).value),
  };
  return <Field {...field}>{(aria) => (password ? <input type="password" {...props} {...aria} /> : <input {...props} {...aria} />)}</Field>;
}
