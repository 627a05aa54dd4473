import { isFinal, type Status } from "../api/types";

/** What is chosen, and where a range from it begins. */
export interface Selection {
  ids: ReadonlySet<string>;
  anchor: string | null;
}

export const nothingSelected: Selection = { ids: new Set(), anchor: null };

/** Chooses one, or no longer. */
export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id };
}

/** Does to all from the anchor to `id` what a click does to `id`; without an anchor, to `id` alone. */
export function extended(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return toggled(selection, id);
  const add = !selection.ids.has(id);
  const ids = new Set(selection.ids);
  for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (add) ids.add(one);
    else ids.delete(one);
  }
  return { ids, anchor: id };
}

/** All of the page, or none when they are chosen already. */
export function allOrNone(selection: Selection, order: readonly string[]): Selection {
  const all = order.every((id) => selection.ids.has(id));
  return { ids: new Set(all ? [] : order), anchor: null };
}

/** What is still there of a selection. */
export function kept(selection: Selection, order: readonly string[]): Selection {
  const ids = order.filter((id) => selection.ids.has(id));
  return ids.length === selection.ids.size ? selection : { ids: new Set(ids), anchor: selection.anchor };
}

/** What can be done to several tasks at once. */
export type Action = "cancel" | "retry";

const allowing: Record<Action, (status: Status) => boolean> = {
  cancel: (status) => !isFinal(status) && status !== "CANCELLING",
  retry: (status) => isFinal(status) && status !== "SUCCEEDED" && status !== "SKIPPED",
};

export const actions = Object.keys(allowing) as Action[];

/** Whether the status of a task allows an action. */
export const allows = (action: Action, status: Status): boolean => allowing[action](status);

/** How many there are of each status, in the order in which they first come. */
export function countByStatus(all: readonly Status[]): [Status, number][] {
  const counts = new Map<Status, number>();
  for (const status of all) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts];
}
