import { type Label, type Status, statuses, type TaskFilter, type TaskOrder } from "../api/types";

/** What the list shows, as its address says it. */
export interface ListQuery {
  statuses: Status[];
  owner: string;
  text: string;
  labels: Label[];
  /** How long ago at most it was accepted; "" when `from` and `to` say it. */
  within: Within;
  /** RFC 3339, or "". */
  from: string;
  to: string;
  order: TaskOrder;
  /** The place in the list: a cursor that the page comes after, or before; at most one is not "". */
  after: string;
  before: string;
}

export type Within = "" | "1h" | "24h" | "7d";

/** The spans that can be chosen, in milliseconds. */
export const spans: Record<Exclude<Within, "">, number> = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000 };

export const orders: readonly TaskOrder[] = ["NEWEST", "OLDEST", "RECENTLY_CHANGED"];

/** The statuses that a task can have; steps alone are skipped. */
export const taskStatuses = statuses.filter((status) => status !== "SKIPPED");

/** How many tasks a page has. */
export const pageSize = 50;

/** Reads an address; what makes no sense in it is left out. */
export function readQuery(search: URLSearchParams): ListQuery {
  const get = (name: string) => search.get(name) ?? "";
  const instantOf = (name: string) => (Number.isNaN(Date.parse(get(name))) ? "" : new Date(get(name)).toISOString());
  const named = new Set(get("status").split(","));
  const after = get("after");
  return {
    statuses: taskStatuses.filter((status) => named.has(status)),
    owner: get("owner"),
    text: get("text"),
    labels: search.getAll("label").flatMap((label) => readLabel(label) ?? []),
    within: Object.hasOwn(spans, get("within")) ? (get("within") as Within) : "",
    from: instantOf("from"),
    to: instantOf("to"),
    order: orders.find((order) => order === get("order")) ?? "NEWEST",
    after,
    before: after ? "" : get("before"),
  };
}

/** Reads "key=value", with "%3D" for "=" in a key and "%25" for "%"; null when there is no key. */
export function readLabel(label: string): Label | null {
  const i = label.indexOf("=");
  if (i < 1) return null;
  return { key: label.slice(0, i).replaceAll("%3D", "=").replaceAll("%25", "%"), value: label.slice(i + 1) };
}

const writeLabel = ({ key, value }: Label) => `${key.replaceAll("%", "%25").replaceAll("=", "%3D")}=${value}`;

/** The address of a list; the same query always has the same. */
export function addressOf(query: ListQuery): string {
  const search = new URLSearchParams();
  const set = (name: string, value: string) => value && search.set(name, value);
  set("status", query.statuses.join(","));
  set("owner", query.owner);
  set("text", query.text);
  for (const label of query.labels) search.append("label", writeLabel(label));
  set("within", query.within);
  set("from", query.from);
  set("to", query.to);
  if (query.order !== "NEWEST") set("order", query.order);
  set("after", query.after);
  set("before", query.before);
  const text = search.toString();
  return text ? `/?${text}` : "/";
}

/** The query with other conditions, from its first page. */
export function narrowed(query: ListQuery, changes: Partial<ListQuery>): ListQuery {
  return { ...query, ...changes, after: changes.after ?? "", before: changes.before ?? "" };
}

/** The same list without conditions. */
export const unfiltered = (query: ListQuery): ListQuery => ({ ...readQuery(new URLSearchParams()), order: query.order });

export const isFiltered = (query: ListQuery) => addressOf(unfiltered(query)) !== addressOf(narrowed(query, {}));

/** Adds or takes away a status; all of them is none. */
export function toggleStatus(query: ListQuery, status: Status): ListQuery {
  const next = taskStatuses.filter((one) => query.statuses.includes(one) !== (one === status));
  return narrowed(query, { statuses: next.length === taskStatuses.length ? [] : next });
}

/** Adds or takes away a label. */
export function toggleLabel(query: ListQuery, label: Label): ListQuery {
  const others = query.labels.filter((one) => one.key !== label.key || one.value !== label.value);
  return narrowed(query, { labels: others.length < query.labels.length ? others : [...others, label] });
}

/** The conditions for the server; null is none. `now` is in milliseconds since 1970. */
export function filterOf(query: ListQuery, now: number): TaskFilter | null {
  const filter: TaskFilter = {};
  if (query.statuses.length > 0) filter.statuses = query.statuses;
  if (query.owner) filter.owner = query.owner;
  if (query.text) filter.text = query.text;
  if (query.labels.length > 0) filter.labels = query.labels;
  if (query.within) filter.createdAfter = new Date(now - spans[query.within]).toISOString();
  else if (query.from) filter.createdAfter = query.from;
  if (query.to && !query.within) filter.createdBefore = query.to;
  return Object.keys(filter).length > 0 ? filter : null;
}

/** The variables of the list's query. */
export function variablesOf(query: ListQuery, now: number) {
  const place = query.before ? { last: pageSize, before: query.before } : { first: pageSize, after: query.after || null };
  return { filter: filterOf(query, now), orderBy: query.order, ...place };
}
