import { type ReadonlySignal, useComputed, useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { isFinal } from "../api/types";
import { readable } from "../layout/signs";
import { opens, percent } from "../layout/task";
import type { StepPart } from "../state/parts";
import { text } from "../text/text";
import { ContentRow } from "./ContentRow";
import { Elapsed } from "./Elapsed";
import { ProgressBar } from "./ProgressBar";
import { StatusBadge } from "./StatusBadge";

/** Which steps somebody opened or closed; the others follow what happens in them. */
type Choices = Signal<ReadonlyMap<string, boolean>>;

interface StepListProps {
  steps: ReadonlySignal<readonly StepPart[]>;
  /** The id of a step or content to open and to go to. */
  target?: string;
}

/** The steps of a task with their contents. */
export function StepList({ steps: parts, target = "" }: StepListProps) {
  const choices = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const steps = parts.value;
  // A task of one step has nothing else to show.
  const next = useComputed(() => {
    const all = parts.value;
    return all.length === 1 ? all[0]?.id : all.find((step) => !isFinal(step.state.value.status))?.id;
  });

  useEffect(() => {
    const step = steps.find((one) => target === one.id || target.startsWith(`${one.id}-`));
    if (!step) return;
    choose(choices, [step.id], true);
    // What was closed is there with the next paint only.
    const frame = requestAnimationFrame(() => {
      const element = document.getElementById(target);
      element?.scrollIntoView({ block: "center" });
      element?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [target, steps]);

  const all = (open: boolean) => choose(choices, steps.map((step) => step.id), open);
  return (
    <>
      {steps.length > 1 && (
        <div class="list-actions">
          <button class="small" onClick={() => all(true)}>{text("task.step.open")}</button>
          <button class="small" onClick={() => all(false)}>{text("task.step.close")}</button>
        </div>
      )}
      <ol class="steps">
        {steps.map((step, i) => <Step key={step.id} step={step} number={i + 1} next={next} choices={choices} />)}
      </ol>
    </>
  );
}

function choose(choices: Choices, ids: readonly string[], open: boolean): void {
  choices.value = new Map([...choices.peek(), ...ids.map((id) => [id, open] as const)]);
}

interface StepProps {
  step: StepPart;
  number: number;
  next: ReadonlySignal<string | undefined>;
  choices: Choices;
}

function Step({ step, number, next, choices }: StepProps) {
  const open = useComputed(() => choices.value.get(step.id) ?? opens(step.state.value.status, next.value === step.id)).value;
  const state = step.state.value;
  const contents = `${step.id}-contents`;
  return (
    <li class="step" id={step.id} tabIndex={-1}>
      <h2>
        <button class="quiet step-head" aria-expanded={open} aria-controls={contents} onClick={() => choose(choices, [step.id], !open)}>
          <span class="step-name"><span class="number muted">{number}.</span> <span class="foreign">{readable(state.description)}</span></span>
          <StatusBadge status={state.status} />
        </button>
      </h2>
      <div class="step-facts">
        <StepProgress step={step} />
        <StepCounts step={step} />
        <span class="row-time"><Elapsed from={state.startTime} to={state.finishTime} /></span>
      </div>
      <ol id={contents} class="contents" hidden={!open}>
        {open && step.contents.value.map((part) => <ContentRow key={part.id} part={part} />)}
      </ol>
    </li>
  );
}

function StepProgress({ step }: { step: StepPart }) {
  const { status, description } = step.state.value;
  return (
    <>
      <ProgressBar value={step.progress.value} status={status} label={description} />
      <span class="number row-percent">{percent(step.progress.value)}</span>
    </>
  );
}

function StepCounts({ step }: { step: StepPart }) {
  const { total, done, running, failed } = step.counts.value;
  return (
    <span class="step-counts muted">
      {text("task.step.counts", done, total)}
      {running > 0 && ` · ${text("task.step.running", running)}`}
      {failed > 0 && <span class="is-problem"> · {text("task.step.failed", failed)}</span>}
    </span>
  );
}
