import { useId } from "preact/hooks";

import type { RunType } from "../api/types";
import { languageOf } from "../layout/highlight";
import type { Path } from "../layout/path";
import { breaches, describedKeys } from "../layout/schema";
import type { FormContent } from "../layout/submission";
import { change, runTypes } from "../state/draft";
import { text } from "../text/text";
import { CodeField } from "./CodeField";
import { Problem } from "./Field";
import { FormField, problemAt } from "./FormField";
import { Places } from "./Places";

interface ContentFormProps {
  contents: FormContent[];
  index: number;
  /** The place of all contents of the step. */
  path: Path;
}

/** One content of a step of the form. */
export function ContentForm({ contents, index, path: all }: ContentFormProps) {
  const codeProblem = useId();
  const content = contents[index];
  if (!content) return null;
  const path: Path = [...all, index];
  const name = text("submit.content", index + 1);
  const runType = runTypes.value?.find((one) => one.name === content.runType);
  const wrongCode = problemAt([...path, "code"]);
  return (
    <div class="content-form" role="group" aria-label={name}>
      <Places list={contents} index={index} name={name} onChange={(next) => change(all, next)} />
      <div class="fields">
        <FormField path={[...path, "message"]} label={text("submit.message")} class="is-wide" required />
        <RunTypeField path={[...path, "runType"]} value={content.runType} />
      </div>
      {runType && <p class="muted hint">{runType.enabled ? runType.description : runType.reason}</p>}
      <Problem message={problemAt([...path, "key"])} />
      {content.runType !== "external" && (
        <>
          <CodeField
            value={content.code}
            language={languageOf(content.runType)}
            label={text("submit.code")}
            problem={wrongCode ? codeProblem : undefined}
            onInput={(code) => change([...path, "code"], code)}
          />
          <Problem id={codeProblem} message={wrongCode} />
        </>
      )}
      <ParamsField path={[...path, "params"]} value={content.params} schema={runType?.paramsSchema} />
    </div>
  );
}

function RunTypeField({ path, value }: { path: Path; value: string }) {
  const all: readonly Pick<RunType, "name" | "enabled">[] = runTypes.value ?? [];
  const known = all.some((one) => one.name === value) ? all : [...all, { name: value, enabled: true }];
  return (
    <label class="field">
      <span class="field-label">{text("submit.runType")}</span>
      <select value={value} onChange={(event) => change(path, event.currentTarget.value)}>
        {known.map(({ name, enabled }) => (
          <option key={name} value={name} disabled={!enabled && name !== value}>{enabled ? name : text("submit.off", name)}</option>
        ))}
      </select>
      <Problem message={problemAt(path)} />
    </label>
  );
}

interface ParamsFieldProps {
  path: Path;
  value: string;
  schema: unknown;
}

/** The params of a content, and what its run type says of them. Open when there are some, or some are needed. */
function ParamsField({ path, value, schema }: ParamsFieldProps) {
  const id = useId();
  const keys = describedKeys(schema);
  const message = problemAt(path) || checked(value, schema).join(" · ");
  if (keys.length === 0 && !value && !message) return null;
  return (
    <details open={value !== "" || message !== "" || keys.some((key) => key.required)}>
      <summary>{text("submit.params")}</summary>
      <dl class="params-keys">
        {keys.map((key) => (
          <div key={key.name}>
            <dt><code>{key.name}</code>{key.required && ` (${text("submit.required")})`}</dt>
            <dd class="muted">{key.description}</dd>
          </div>
        ))}
      </dl>
      <CodeField
        value={value}
        language="json"
        label={text("submit.params")}
        lines={[2, 12]}
        problem={message ? id : undefined}
        onInput={(params) => change(path, params)}
      />
      <Problem id={id} message={message} />
    </details>
  );
}

/** What the schema has against the params as they are written. */
function checked(value: string, schema: unknown): string[] {
  if (!value.trim() || schema === undefined) return [];
  try {
    const params: unknown = JSON.parse(value);
    return breaches(params, schema).map(({ path, rule, allowed }) => text(`submit.schema.${rule}`, path.join(".") || "params", allowed));
  } catch {
    return [text("submit.wrong.json")];
  }
}
