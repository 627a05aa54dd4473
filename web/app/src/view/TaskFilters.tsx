import type { Status, StatusCount, TaskOrder } from "../api/types";
import { type ListQuery, isFiltered, narrowed, orders, readLabel, taskStatuses, toggleLabel, toggleStatus, unfiltered } from "../layout/listquery";
import { viewer } from "../state/session";
import { countText } from "../text/count";
import { text } from "../text/text";
import { LabelText } from "./LabelText";
import { Typed } from "./Typed";
import { WithinFilter } from "./WithinFilter";

export interface FilterProps {
  query: ListQuery;
  /** How many tasks of each status there are; those that are not known are not told. */
  counts: ReadonlyMap<Status, StatusCount>;
  /** `replace` leaves no step to go back to: for what is being typed. */
  onChange: (query: ListQuery, replace?: boolean) => void;
}

/** What the list shows: every condition is in the address. */
export function TaskFilters({ query, counts, onChange }: FilterProps) {
  return (
    <section class="filters" aria-label={text("list.filters")}>
      <div class="filters-line">
        <Typed
          class="filters-search"
          value={query.text}
          label={text("list.search")}
          shortcut="/"
          onType={(value) => onChange(narrowed(query, { text: value }), true)}
        />
        <Typed value={query.owner} label={text("list.owner")} onType={(owner) => onChange(narrowed(query, { owner }), true)} />
        {viewer.value && (
          <button
            aria-pressed={query.owner === viewer.value.name}
            onClick={() => onChange(narrowed(query, { owner: query.owner === viewer.value?.name ? "" : (viewer.value?.name ?? "") }))}
          >
            {text("list.mine")}
          </button>
        )}
        <WithinFilter query={query} onChange={onChange} />
        <select
          aria-label={text("list.order")}
          value={query.order}
          onChange={(event) => onChange(narrowed(query, { order: event.currentTarget.value as TaskOrder }))}
        >
          {orders.map((order) => <option key={order} value={order}>{text(`list.order.${order}`)}</option>)}
        </select>
      </div>
      <div class="filters-line">
        <StatusFilter query={query} counts={counts} onChange={onChange} />
        <LabelFilter query={query} onChange={onChange} />
      </div>
    </section>
  );
}

function StatusFilter({ query, counts, onChange }: FilterProps) {
  return (
    <div class="filters-status" role="group" aria-label={text("list.status")}>
      <button class="chip" aria-pressed={query.statuses.length === 0} onClick={() => onChange(narrowed(query, { statuses: [] }))}>
        {text("list.all")}
      </button>
      {taskStatuses.map((status) => (
        <button
          key={status}
          class={`chip status is-${status.toLowerCase()}`}
          aria-pressed={query.statuses.includes(status)}
          onClick={() => onChange(toggleStatus(query, status))}
        >
          {text(`status.${status}`)} <Counted count={counts.get(status)} />
        </button>
      ))}
    </div>
  );
}

function Counted({ count }: { count: StatusCount | undefined }) {
  return count && count.count > 0 ? <span class="chip-count">{countText(count.count, count.exact)}</span> : null;
}

function LabelFilter({ query, onChange }: Omit<FilterProps, "counts">) {
  const add = (event: Event) => {
    event.preventDefault();
    const input = (event.currentTarget as HTMLFormElement).elements[0] as HTMLInputElement;
    const label = readLabel(input.value.trim());
    input.setCustomValidity(label ? "" : text("list.label.bad"));
    if (!label) return void input.reportValidity();
    input.value = "";
    onChange(toggleLabel(query, label));
  };
  return (
    <>
      {query.labels.map((label) => (
        <button
          key={`${label.key}=${label.value}`}
          class="label"
          aria-label={text("list.label.remove", `${label.key}=${label.value}`)}
          onClick={() => onChange(toggleLabel(query, label))}
        >
          <LabelText label={label} /> ✕
        </button>
      ))}
      <form onSubmit={add} noValidate>
        <input
          class="filters-label"
          aria-label={text("list.label")}
          placeholder={`${text("list.label")} ${text("list.label.add")}`}
          maxLength={400}
          onInput={(event) => event.currentTarget.setCustomValidity("")}
        />
      </form>
      {isFiltered(query) && <button class="quiet" onClick={() => onChange(unfiltered(query))}>{text("list.clear")}</button>}
    </>
  );
}
