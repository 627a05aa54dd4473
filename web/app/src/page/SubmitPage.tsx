import { useEffect, useRef, useState } from "preact/hooks";

import { newStep } from "../layout/submission";
import { notify } from "../state/announce";
import * as draft from "../state/draft";
import { fillFrom } from "../state/resubmit";
import { navigate, search } from "../state/route";
import { may, viewer } from "../state/session";
import { text } from "../text/text";
import { CodeField } from "../view/CodeField";
import { Problem } from "../view/Field";
import { focusProblem } from "../view/focus";
import { FormField, problemAt } from "../view/FormField";
import { Instant } from "../view/Instant";
import { LabelsForm, VariablesForm } from "../view/PairsForm";
import { StepForm } from "../view/StepForm";
import { SubmitHead } from "../view/SubmitHead";

/** The form of a submission, at /submit; /submit?from=ID is filled from a task. */
export function SubmitPage() {
  const element = useRef<HTMLFormElement>(null);
  const note = useFilled();
  useEffect(() => {
    document.title = `${text("submit.title")} – Stepcast`;
    draft.loadRunTypes().catch((failure: Error) => notify(text("app.failed", failure.message), "problem"));
  }, []);
  const send = async (event: Event) => {
    event.preventDefault();
    const id = await draft.submit();
    if (id) {
      notify(text("submit.done", id));
      return navigate(`/tasks/${id}`);
    }
    focusProblem(element.current);
  };
  if (viewer.value && !may.submit()) return <p class="empty">{text("submit.mayNot")}</p>;
  return (
    <form ref={element} class="submit" onSubmit={send} noValidate>
      <SubmitHead />
      {note && <p class="card" role="status">{note}</p>}
      <Problems />
      {draft.written.value === null ? <Fields /> : <Json />}
      <div class="submit-do">
        <button class="primary" disabled={draft.sending.value}>{text(draft.sending.value ? "submit.sending" : "submit.do")}</button>
      </div>
    </form>
  );
}

/** Fills the form from the task that the address names, once; says so, and what a task does not tell. */
function useFilled(): string {
  const [note, setNote] = useState("");
  const id = search.value.get("from");
  useEffect(() => {
    if (!id) return;
    let current = true;
    fillFrom(id).then(
      (found) => {
        if (!current) return;
        setNote(text(found ? "submit.from" : "submit.from.none", id));
        // Going back here later is going back to the draft.
        if (found) navigate("/submit", { replace: true });
      },
      (failure: Error) => current && setNote(text("app.failed", failure.message)),
    );
    return () => {
      current = false;
    };
  }, [id]);
  return note;
}

/** All that is wrong, by its place, above the fields that say it again. */
function Problems() {
  const all = draft.problems.value;
  if (all.length === 0) return null;
  return (
    <div class="card problems" role="alert" tabIndex={-1}>
      <strong>{text("submit.problems")}</strong>
      <ul>
        {all.map(({ path, message }) => <li key={`${path.join(".")} ${message}`}>{path.length > 0 && <code>{path.join(".")}</code>} {message}</li>)}
      </ul>
    </div>
  );
}

function Json() {
  return (
    <>
      <p class="muted">{text("submit.json.hint")}</p>
      <CodeField value={draft.written.value ?? ""} language="json" label={text("submit.json")} lines={[16, 32]} onInput={(json) => (draft.written.value = json)} />
    </>
  );
}

function Fields() {
  const steps = draft.form.value.steps;
  return (
    <>
      <FormField path={["description"]} label={text("submit.description")} class="is-wide" required />
      <h2>{text("submit.steps")}</h2>
      {steps.map((step, i) => <StepForm key={step.id} steps={steps} index={i} />)}
      <div><button type="button" onClick={() => draft.change(["steps"], [...steps, newStep()])}>+ {text("submit.step.add")}</button></div>
      <div class="submit-pairs">
        <VariablesForm />
        <LabelsForm />
      </div>
      <Options />
    </>
  );
}

function Options() {
  return (
    <fieldset class="card">
      <legend>{text("submit.options")}</legend>
      <div class="fields">
        <FormField path={["priority"]} label={text("submit.priority")} inputMode="text" />
        <FormField path={["timeoutSeconds"]} label={text("submit.timeout")} inputMode="numeric" />
        <FormField path={["maxAttempts"]} label={text("submit.attempts")} inputMode="numeric" />
        <FormField path={["backoffSeconds"]} label={text("submit.backoff")} inputMode="numeric" />
        <div class="field">
          <Instant label={text("submit.start")} value={draft.form.value.startAfter} onChange={(at) => draft.change(["startAfter"], at)} />
          <Problem message={problemAt(["startAfter"])} />
        </div>
        <FormField path={["secrets"]} label={text("submit.secrets")} class="is-wide" />
      </div>
    </fieldset>
  );
}
