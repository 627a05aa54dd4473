import type { ReadonlySignal } from "@preact/signals";

import type { Row } from "../layout/gantt";
import { readable } from "../layout/signs";
import type { TimelineStore } from "../state/timeline";
import { duration, instant } from "../text/duration";
import { text } from "../text/text";
import { StatusBadge } from "./StatusBadge";

/** What a row tells besides its bar, in words. A row that runs tells its start alone, which stays true. */
export function rowText(row: Row): string {
  const first = row.bars[0];
  const last = row.bars[row.bars.length - 1];
  const parts = [text(`status.${row.status}`)];
  if (!first || !last) parts.push(text("timeline.notStarted"));
  else if (last.to === null) parts.push(text("timeline.since", instant(iso(first.from))));
  else parts.push(text("timeline.span", instant(iso(first.from)), instant(iso(last.to)), duration(last.to - first.from)));
  return [...parts, ...remarks(row)].join(" · ");
}

function remarks(row: Row): string[] {
  const earlier = row.bars.some((bar) => bar.earlier) ? [text("timeline.earlier")] : [];
  return row.skewed ? [...earlier, text("timeline.skewed")] : earlier;
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

interface TimelineDetailsProps {
  store: TimelineStore;
  /** The id of the row that is pointed at or has the focus. */
  active: ReadonlySignal<string | null>;
}

/** Start, end and duration of the row that is pointed at. A screen reader has it from the row itself. */
export function TimelineDetails({ store, active }: TimelineDetailsProps) {
  const row = active.value === null ? undefined : store.gantt.value.rows.find((one) => one.id === active.value);
  if (!row) return <div class="timeline-details is-empty" aria-hidden="true">{text("timeline.hint")}</div>;
  return (
    <div class="timeline-details" aria-hidden="true">
      <strong class="foreign">{readable(row.id === "" ? text("timeline.task") : row.label)}</strong>
      <span class="timeline-times">
        <StatusBadge status={row.status} />
        <Times row={row} store={store} />
        {remarks(row).map((remark) => <span key={remark}>{remark}</span>)}
      </span>
    </div>
  );
}

function Times({ row, store }: { row: Row; store: TimelineStore }) {
  const first = row.bars[0];
  const last = row.bars[row.bars.length - 1];
  if (!first || !last) return <span>{text("timeline.notStarted")}</span>;
  const end = last.to ?? Math.max(store.instant.value, first.from);
  const length = duration(end - first.from);
  if (last.to === null) return <span>{text("timeline.since", instant(iso(first.from)))} · {length}</span>;
  return <span>{text("timeline.span", instant(iso(first.from)), instant(iso(end)), length)}</span>;
}
