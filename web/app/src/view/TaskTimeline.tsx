import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";

import type { StepPart } from "../state/parts";
import type { TaskStore } from "../state/task";
import { type TimelineTask, TimelineStore } from "../state/timeline";
import { PastSteps } from "./PastSteps";
import { Timeline } from "./Timeline";

/** The timeline of a task, and where somebody looks at the past, its steps as they were then. */
export function TaskTimeline({ store }: { store: TaskStore }) {
  const task = useComputed(() => joined(store));
  const timeline = useMemo(() => new TimelineStore(task), [store]);
  return (
    <>
      <Timeline task={task} store={timeline} />
      <PastSteps replay={timeline.replay} steps={store.steps} />
    </>
  );
}

/** The task at the version that is shown, in one piece. */
function joined({ id, head, version, steps }: TaskStore): TimelineTask {
  const { attempt, status, createdAt, startedAt, finishedAt } = head.value!;
  return { id, version: version.value, attempt, status, createdAt, startedAt, finishedAt, steps: steps.value.map(stepOf) };
}

const stepOf = ({ id, state, contents }: StepPart) => ({
  id, ...state.value, contents: contents.value.map((part) => ({ id: part.id, ...part.state.value })),
});
