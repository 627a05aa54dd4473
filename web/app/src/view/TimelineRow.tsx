import type { Signal } from "@preact/signals";

import { type Bar, measure, type Row } from "../layout/gantt";
import { readable } from "../layout/signs";
import type { TimelineStore } from "../state/timeline";
import { text } from "../text/text";
import { rowText } from "./TimelineDetails";

interface TimelineRowProps {
  store: TimelineStore;
  /** The same object while it is as it was: then it is not painted again. */
  row: Row;
  /** Its place among all rows, from 0, and in pixels. */
  index: number;
  top: number;
  /** The id of the row that the Tab key goes to. */
  tabbed: Signal<string>;
  active: Signal<string | null>;
}

export function TimelineRow({ store, row, index, top, tabbed, active }: TimelineRowProps) {
  const label = row.id === "" ? text("timeline.task") : row.label;
  const branch = row.contents > 0;
  return (
    <div
      class={`timeline-row is-level-${row.level}${row.id === "" ? " is-task" : ""}`}
      role="row"
      aria-level={row.level}
      aria-rowindex={index + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      {...(branch ? { "aria-expanded": row.expanded } : {})}
      tabIndex={tabbed.value === row.id ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => {
        tabbed.value = row.id;
        active.value = row.id;
      }}
      onPointerEnter={() => (active.value = row.id)}
      onClick={() => branch && store.toggle(row.id)}
    >
      <div class="timeline-label" role="rowheader">
        {branch && <span class="timeline-twist" aria-hidden="true">{row.expanded ? "▾" : "▸"}</span>}
        <span class="timeline-name"><span class="foreign">{readable(label)}</span></span>
        {branch && <span class="timeline-count" aria-label={text("timeline.contents", row.contents)}>{row.contents}</span>}
      </div>
      <div class="timeline-track" role="gridcell">
        <span class="visually-hidden">{rowText(row)}</span>
        {row.bars.map((bar) => (bar.to === null ? <Growing key={bar.from} store={store} bar={bar} /> : <Still key={bar.from} bar={bar} />))}
      </div>
    </div>
  );
}

function Still({ bar }: { bar: Bar }) {
  return <Shape status={bar.status} left={bar.left} width={bar.width} mark={bar.earlier ? "is-earlier" : ""} />;
}

/** The bar of what still runs follows the clock by itself. */
function Growing({ store, bar }: { store: TimelineStore; bar: Bar }) {
  const { left, width } = measure(store.gantt.value.scale, bar.from, Math.max(bar.from, store.instant.value));
  return <Shape status={bar.status} left={left} width={width} mark="is-growing" />;
}

function Shape({ status, left, width, mark }: { status: string; left: number; width: number; mark: string }) {
  return (
    <div
      class={`timeline-bar is-${status.toLowerCase()} ${mark}`}
      style={{ left: `min(${left * 100}%, 100% - 3px)`, width: `${width * 100}%` }}
    />
  );
}
