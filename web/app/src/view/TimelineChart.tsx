import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

import { measure, visible } from "../layout/gantt";
import { place } from "../layout/timescale";
import type { TimelineStore } from "../state/timeline";
import { duration } from "../text/duration";
import { text } from "../text/text";
import { since } from "../text/since";
import { TimelineRow } from "./TimelineRow";

interface TimelineChartProps {
  store: TimelineStore;
  /** How much wider than its place the chart is. */
  zoom: number;
  /** The id of the row that is pointed at or has the focus. */
  active: Signal<string | null>;
}

/** From which width of the place on the labels stand beside the bars, in pixels; else they stand above. */
const wide = 640;
const labelsBeside = 240;
/** What stays free right of the axis, in pixels. */
const margin = 12;
/** The height of a row with its label beside the bar, and above it, in pixels. style/timeline.css has the same. */
const rowBeside = 30;
const rowAbove = 46;

/** The chart: rows in sight alone are made, so that a thousand cost as little as thirty. */
export function TimelineChart({ store, zoom, active }: TimelineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  const top = useSignal(0);
  const tabbed = useSignal("");
  const beside = size.value.width >= wide;
  const labels = beside ? labelsBeside : 0;
  const axis = Math.max(0, size.value.width - labels - margin) * zoom;
  const rowHeight = beside ? rowBeside : rowAbove;

  // Ended at once when the chart goes: then it has no size that could be asked for.
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = box.current!;
      if (width !== size.peek().width || height !== size.peek().height) size.value = { width, height };
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const before = useRef(0);
  useLayoutEffect(() => {
    store.width.value = axis;
    // What was in the middle stays there.
    const element = box.current!;
    const half = (element.clientWidth - labels) / 2;
    if (before.current > 0) element.scrollLeft = ((element.scrollLeft + half) / before.current) * axis - half;
    before.current = axis;
  }, [axis]);

  const range = useComputed(() => visible(store.gantt.value.rows.length, rowHeightOf(size.value.width), top.value, size.value.height)).value;
  const { rows } = store.gantt.value;
  const at = rows.findIndex((row) => row.id === tabbed.value);
  // The row with the focus stays, also out of sight.
  const indices = Array.from({ length: range.end - range.first }, (_, i) => range.first + i);
  if (at >= 0 && (at < range.first || at >= range.end)) indices.push(at);

  const focus = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    tabbed.value = row.id;
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(size.peek().height / rowHeight) - 2);
    const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, PageDown: at + page, PageUp: at - page };
    const target = targets[event.key];
    if (target !== undefined) focus(target);
    else if (event.key === "ArrowRight" && row.contents > 0 && !row.expanded) store.toggle(row.id);
    else if (event.key === "ArrowLeft" && row.expanded) store.toggle(row.id);
    else if (event.key === "ArrowLeft" && row.level === 2) focus(rows.findLastIndex((one, i) => i < at && one.level === 1));
    else if ((event.key === "Enter" || event.key === " ") && row.contents > 0) store.toggle(row.id);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={box}
      class={`timeline-chart ${beside ? "is-beside" : "is-above"}`}
      role="treegrid"
      aria-label={text("timeline.chart")}
      aria-rowcount={rows.length}
      onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
      onPointerLeave={() => (active.value = null)}
    >
      <div class="timeline-canvas" role="presentation" style={{ width: `${labels + axis + margin}px`, "--labels": `${labels}px`, "--margin": `${margin}px`, "--view": `${size.value.width}px` }}>
        <Axis store={store} />
        <div class="timeline-rows" role="rowgroup" style={{ height: `${rows.length * rowHeight}px` }}>
          <Marks store={store} />
          {indices.map((index) => {
            const row = rows[index]!;
            return <TimelineRow key={row.id} store={store} row={row} index={index} top={index * rowHeight} tabbed={tabbed} active={active} />;
          })}
        </div>
      </div>
    </div>
  );
}

const rowHeightOf = (width: number) => (width >= wide ? rowBeside : rowAbove);
const percent = (fraction: number) => `${fraction * 100}%`;

function Axis({ store }: { store: TimelineStore }) {
  const { ticks } = store.gantt.value;
  return (
    <div class="timeline-axis" aria-hidden="true">
      <div class="timeline-ticks">
        {ticks.map((tick) => <span key={tick.since} class="timeline-tick" style={{ left: percent(tick.left) }}>{since(tick.since)}</span>)}
      </div>
    </div>
  );
}

/** What goes through all rows: ticks, what is folded, pauses, and the instant that is shown. */
function Marks({ store }: { store: TimelineStore }) {
  const { scale, ticks, phases } = store.gantt.value;
  const end = store.end.value;
  return (
    <div class="timeline-marks" role="presentation">
      {ticks.map((tick) => <div key={tick.since} class="timeline-line" style={{ left: percent(tick.left) }} />)}
      {phases.filter((phase) => phase.status === "PAUSED").map((phase) => {
        const { left, width } = measure(scale, phase.from, phase.to ?? end);
        return <div key={phase.from} class="timeline-pause" style={{ left: percent(left), width: percent(width) }} />;
      })}
      {scale.filter((stretch) => stretch.folded).map((stretch) => (
        <div
          key={stretch.from}
          class="timeline-fold"
          title={text("timeline.fold", duration(stretch.to - stretch.from))}
          style={{ left: percent(stretch.left), width: percent(stretch.right - stretch.left) }}
        />
      ))}
      <NowLine store={store} />
    </div>
  );
}

function NowLine({ store }: { store: TimelineStore }) {
  const past = store.replay.replayed.value !== null;
  if (!past && store.instant.value >= store.end.value) return null;
  return <div class={`timeline-now${past ? " is-past" : ""}`} style={{ left: percent(place(store.gantt.value.scale, store.instant.value)) }} />;
}
