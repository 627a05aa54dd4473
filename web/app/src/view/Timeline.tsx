import { type ReadonlySignal, signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

import { readable } from "../layout/signs";
import { announce } from "../state/announce";
import { Gone } from "../state/replay";
import { type TimelineTask, TimelineStore } from "../state/timeline";
import { instant } from "../text/duration";
import { text } from "../text/text";
import { ReplayBar } from "./ReplayBar";
import { since } from "../text/since";
import { TimelineChart } from "./TimelineChart";
import { TimelineDetails } from "./TimelineDetails";

interface TimelineProps {
  /** The task as it is now, kept live by whoever shows it: any task of a query or stream fits. */
  task: ReadonlySignal<TimelineTask>;
  /**
   * What the timeline shows, when others show it too: `store.replay.replayed` is the task as it was
   * where somebody looks at the past, else null. Whoever makes it lets the timeline open it.
   */
  store?: TimelineStore;
}

/** How much wider than its place the chart may be made. */
const zooms = [1, 2, 4, 8, 16, 32];

/** An attempt of a task on an axis of time, and a slider through all of its recorded events. */
export function Timeline({ task, store: given }: TimelineProps) {
  const store = useMemo(() => given ?? new TimelineStore(task), [task, given]);
  const zoom = useSignal(0);
  const active = useMemo(() => signal<string | null>(null), [store]);
  useEffect(() => store.open(), [store]);
  const past = store.replay.replayed.value !== null;
  return (
    <section class={`timeline${past ? " is-past" : ""}`} aria-label={text("timeline.title")}>
      <div class="timeline-tools">
        <AttemptSelect store={store} />
        <div class="timeline-zoom" role="group" aria-label={text("timeline.zoom")}>
          <button aria-label={text("timeline.zoom.out")} disabled={zoom.value === 0} onClick={() => zoom.value--}>−</button>
          <button disabled={zoom.value === 0} onClick={() => (zoom.value = 0)}>{text("timeline.zoom.fit")}</button>
          <button aria-label={text("timeline.zoom.in")} disabled={zoom.value === zooms.length - 1} onClick={() => zoom.value++}>+</button>
        </div>
      </div>
      <Problem store={store} />
      <TimelineChart store={store} zoom={zooms[zoom.value]!} active={active} />
      <TimelineDetails store={store} active={active} />
      <ReplayBar store={store} />
      <Past store={store} />
    </section>
  );
}

function AttemptSelect({ store }: { store: TimelineStore }) {
  const attempts = store.attempts.value;
  const current = store.task.value.attempt;
  const shown = store.replay.attempt.value?.number ?? current;
  const name = (number: number) => {
    const status = number === current ? store.task.value.status : attempts.find((one) => one.number === number)?.status;
    return text("timeline.attempt.option", number, status ? text(`status.${status}`) : "");
  };
  return (
    <label class="timeline-attempt">
      {text("timeline.attempt")}
      <select value={shown} disabled={attempts.length < 2} onChange={(event) => void store.choose(Number(event.currentTarget.value))}>
        {attempts.length === 0 && <option value={current}>{name(current)}</option>}
        {attempts.map((one) => <option key={one.number} value={one.number}>{name(one.number)}</option>)}
      </select>
    </label>
  );
}

/** Says plainly that what is shown is not what is. */
function Past({ store }: { store: TimelineStore }) {
  const past = store.replay.replayed.value;
  const entered = past !== null;
  useEffect(() => {
    if (entered) announce(text("replay.past"));
  }, [entered]);
  if (!past) return null;
  const back = () => {
    store.player.pause();
    if (store.isCurrent.peek()) store.replay.now();
    else void store.choose(store.task.peek().attempt);
    announce(text("replay.live"));
  };
  return (
    <div class="timeline-past">
      <strong>{text("replay.past")}</strong>
      <span>{text("replay.at", instant(past.updatedAt), since(Date.parse(past.updatedAt) - store.origin.value))}</span>
      <button onClick={back}>{text("replay.now")}</button>
    </div>
  );
}

function Problem({ store }: { store: TimelineStore }) {
  const { replay } = store;
  const failure = replay.failure.value ?? store.failure.value;
  if (failure === null) return null;
  const again = () => {
    if (replay.range.peek() && replay.failure.peek()) replay.seek(replay.position.peek());
    else if (replay.failure.peek()) void store.choose(replay.attempt.peek()!.number);
    else void store.load();
  };
  const message = failure instanceof Gone ? text("replay.gone") : text("app.failed", failure instanceof Error ? failure.message : String(failure));
  return (
    <div class="timeline-problem" role="alert">
      <span class="foreign">{readable(message)}</span>
      <button onClick={again}>{text("app.again")}</button>
    </div>
  );
}
