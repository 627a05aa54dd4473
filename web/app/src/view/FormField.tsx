import type { Path } from "../layout/path";
import { change, concerns, problems, valueAt } from "../state/draft";
import { TextField, type TextFieldProps } from "./TextField";

/** What is wrong at a place of the form, or in it. */
export const problemAt = (path: Path): string =>
  problems.value.filter((problem) => concerns(problem, path)).map((problem) => problem.message).join(" ");

interface FormFieldProps extends Pick<TextFieldProps, "label" | "class" | "inputMode" | "required" | "quiet"> {
  path: Path;
}

/** A line of text of the submission, with what is wrong with it. */
export function FormField({ path, ...field }: FormFieldProps) {
  return <TextField {...field} value={String(valueAt(path) ?? "")} problem={problemAt(path)} onInput={(value) => change(path, value)} />;
}
