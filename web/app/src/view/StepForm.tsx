import type { Path } from "../layout/path";
import { type FormStep, newContent } from "../layout/submission";
import { change } from "../state/draft";
import { text } from "../text/text";
import { ContentForm } from "./ContentForm";
import { Problem } from "./Field";
import { FormField, problemAt } from "./FormField";
import { Places } from "./Places";

interface StepFormProps {
  steps: FormStep[];
  index: number;
}

/** One step of the form, with its contents. */
export function StepForm({ steps, index }: StepFormProps) {
  const step = steps[index];
  if (!step) return null;
  const path: Path = ["steps", index];
  const name = text("submit.step", index + 1);
  return (
    <fieldset class="card step-form">
      <legend>{name}</legend>
      <Places list={steps} index={index} name={name} onChange={(next) => change(["steps"], next)} />
      <div class="fields">
        <FormField path={[...path, "description"]} label={text("submit.step.description")} class="is-wide" required />
        {step.contents.length > 1 && <FormField path={[...path, "maxParallel"]} label={text("submit.parallel")} inputMode="numeric" />}
      </div>
      <Problem message={problemAt([...path, "key"])} />
      {step.contents.map((content, i) => (
        <ContentForm key={content.id} contents={step.contents} index={i} path={[...path, "contents"]} />
      ))}
      <button type="button" onClick={() => change([...path, "contents"], [...step.contents, newContent()])}>
        + {text("submit.content.add")}
      </button>
    </fieldset>
  );
}
