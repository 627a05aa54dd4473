import { type Form, type FormVariable, newLabel, newVariable } from "../layout/submission";
import { change, form } from "../state/draft";
import { text } from "../text/text";
import { Problem } from "./Field";
import { FormField, problemAt } from "./FormField";

/** The variables of the form: names and values for code and params. */
export function VariablesForm() {
  const variables = form.value.variables;
  return (
    <fieldset class="card">
      <legend>{text("submit.variables")}</legend>
      <Problem message={problemsOfVariables(form.value)} />
      {variables.map((variable, i) => (
        <div key={variable.id} class="pair" role="group" aria-label={text("submit.variable", i + 1)}>
          <FormField path={["variables", i, "name"]} label={text("submit.name")} quiet />
          <KindField index={i} kind={variable.kind} />
          <ValueField index={i} variable={variable} />
          <Remove name={text("submit.variable", i + 1)} onClick={() => change(["variables"], variables.toSpliced(i, 1))} />
        </div>
      ))}
      <button type="button" onClick={() => change(["variables"], [...variables, newVariable()])}>+ {text("submit.variable.add")}</button>
    </fieldset>
  );
}

/** The server names a variable by its name, the form by its place. */
function problemsOfVariables({ variables }: Form): string {
  const own = problemAt(["variables"]);
  return own || variables.map(({ name }) => (name ? problemAt(["variables", name]) : "")).filter(Boolean).join(" ");
}

function KindField({ index, kind }: { index: number; kind: FormVariable["kind"] }) {
  const choose = (next: string) => {
    change(["variables", index, "kind"], next);
    if (next === "boolean") change(["variables", index, "value"], "true");
  };
  return (
    <select aria-label={text("submit.kind")} value={kind} onChange={(event) => choose(event.currentTarget.value)}>
      {(["text", "number", "boolean"] as const).map((one) => <option key={one} value={one}>{text(`submit.kind.${one}`)}</option>)}
    </select>
  );
}

function ValueField({ index, variable }: { index: number; variable: FormVariable }) {
  const path = ["variables", index, "value"];
  if (variable.kind !== "boolean") return <FormField path={path} label={text("submit.value")} class="is-wide" quiet />;
  return (
    <select class="is-wide" aria-label={text("submit.value")} value={variable.value} onChange={(event) => change(path, event.currentTarget.value)}>
      <option value="true">{text("submit.true")}</option>
      <option value="false">{text("submit.false")}</option>
    </select>
  );
}

/** The labels of the form: keys and values to find the task by. */
export function LabelsForm() {
  const labels = form.value.labels;
  return (
    <fieldset class="card">
      <legend>{text("submit.labels")}</legend>
      {labels.map((label, i) => (
        <div key={label.id} class="pair" role="group" aria-label={text("submit.label", i + 1)}>
          <FormField path={["labels", i, "key"]} label={text("submit.label.key")} quiet />
          <FormField path={["labels", i, "value"]} label={text("submit.value")} class="is-wide" quiet />
          <Remove name={text("submit.label", i + 1)} onClick={() => change(["labels"], labels.toSpliced(i, 1))} />
        </div>
      ))}
      <button type="button" onClick={() => change(["labels"], [...labels, newLabel()])}>+ {text("submit.label.add")}</button>
    </fieldset>
  );
}

function Remove({ name, onClick }: { name: string; onClick: () => void }) {
  return <button type="button" class="quiet" aria-label={text("submit.remove", name)} onClick={onClick}>✕</button>;
}
