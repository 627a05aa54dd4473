import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

import { now } from "../state/clock";
import { SampleStore } from "../state/samples";
import { text } from "../text/text";
import { ResourcePlot } from "./ResourcePlot";

/** What the plot needs of a task as it is now. */
interface PlottedTask {
  id: string;
  /** The number of the current attempt, which is plotted. */
  attempt: number;
  startedAt: string | null;
  finishedAt: string | null;
}

/** What the current attempt of a task uses, and used, read anew while it runs. */
export function TaskResources({ task }: { task: ReadonlySignal<PlottedTask> }) {
  const { id, attempt, startedAt, finishedAt } = task.value;
  const store = useMemo(() => new SampleStore(id, null), [id, attempt]);
  const starts = startedAt !== null;
  useEffect(() => (starts ? store.open(() => task.value.finishedAt === null) : undefined), [store, starts]);
  if (!starts) return <p class="plot-none">{text("plot.none")}</p>;
  const failure = store.failure.value;
  const samples = store.samples.value;
  const end = finishedAt === null ? now.value : Date.parse(finishedAt);
  return (
    <>
      {failure !== null && (
        <div class="timeline-problem" role="alert">
          <span class="foreign">{text("app.failed", failure instanceof Error ? failure.message : String(failure))}</span>
          <button onClick={() => void store.load()}>{text("app.again")}</button>
        </div>
      )}
      {samples ? <ResourcePlot samples={samples} from={Date.parse(startedAt)} to={end} /> : failure === null && <p>{text("app.loading")}</p>}
    </>
  );
}
