import { useEffect, useState } from "preact/hooks";

import { readData } from "../api/data";
import * as draft from "../state/draft";
import { text } from "../text/text";

/** The input of submitTask, as the files of examples/ have it. */
type Example = { description: string };

/** The title of the form, whether it is shown as fields or JSON, and what it can begin with. */
export function SubmitHead() {
  const json = draft.written.value !== null;
  return (
    <div class="submit-head">
      <h1>{text("submit.title")}</h1>
      <span class="choice" role="group" aria-label={`${text("submit.form")}, ${text("submit.json")}`}>
        <button type="button" aria-pressed={!json} onClick={() => json && draft.readJson()}>{text("submit.form")}</button>
        <button type="button" aria-pressed={json} onClick={() => !json && draft.writeJson()}>{text("submit.json")}</button>
      </span>
      <Examples />
      {draft.replaced.value && <button type="button" onClick={draft.takeBack}>{text("submit.back")}</button>}
      <button type="button" class="quiet" onClick={draft.empty}>{text("submit.empty")}</button>
    </div>
  );
}

function Examples() {
  const [examples, setExamples] = useState<readonly Example[]>([]);
  useEffect(() => {
    // Without them the form is as useful.
    readData<readonly Example[]>("examples").then(setExamples, () => undefined);
  }, []);
  const choose = (select: HTMLSelectElement) => {
    const example = examples[Number(select.value)];
    select.value = "";
    if (example) draft.replace(example);
  };
  if (examples.length === 0) return null;
  return (
    <select aria-label={text("submit.example")} value="" onChange={(event) => choose(event.currentTarget)}>
      <option value="">{text("submit.example")}</option>
      {examples.map((example, i) => <option key={i} value={i}>{example.description}</option>)}
    </select>
  );
}
