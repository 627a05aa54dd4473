import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";

import type { StepShot } from "../api/types";
import type { ReplayState } from "../state/fold";
import { putSteps, type StepPart } from "../state/parts";
import type { Replay } from "../state/replay";
import { text } from "../text/text";
import { StepList } from "./StepList";

interface PastStepsProps {
  replay: Replay;
  /** The steps as they are now. */
  steps: ReadonlySignal<readonly StepPart[]>;
}

/** The steps as they were at the moment that a replay shows; nothing while it shows none. */
export function PastSteps({ replay, steps: live }: PastStepsProps) {
  const steps = useSignal<readonly StepPart[]>([]);
  useSignalEffect(() => {
    const past = replay.replayed.value;
    putSteps(steps, past ? shotsOf(past, live.peek()) : []);
  });
  if (replay.replayed.value === null) return null;
  return (
    <section class="past-steps" aria-label={text("replay.steps")}>
      <h2>{text("replay.steps")}</h2>
      <StepList steps={steps} />
    </section>
  );
}

/**
 * The steps of a replay as those of a version. What went on then went on until then, and does not
 * count on. No event tells how a content ended besides its status; what it runs never changes.
 */
function shotsOf({ steps, updatedAt }: ReplayState, live: readonly StepPart[]): StepShot[] {
  const runTypes = new Map(live.flatMap((step) => step.contents.peek().map((part) => [part.id, part.state.peek().runType])));
  const until = <T extends { finishTime: string | null }>(part: T) => ({ ...part, finishTime: part.finishTime ?? updatedAt });
  return steps.map((step) => ({
    ...until(step),
    contents: step.contents.map((content) => ({ ...until(content), runType: runTypes.get(content.id) ?? "", exitCode: null, error: null })),
  }));
}
