import type { TaskOrder } from "../api/types";

/** Where a task belongs that a page does not show: before it, after it, or at an index of it. */
export type Place = number | "before" | "after";

interface Shown {
  /** The ids that the page shows, in its order. */
  ids: readonly string[];
  order: TaskOrder;
  hasPreviousPage: boolean;
  hasNextPage: boolean;
}

/**
 * Finds the place of a task that changed. Ids are numbers that rise with age. By last
 * change every change would come first: such a page stays as it is, and offers a new one.
 */
export function placeOf(id: string, { ids, order, hasPreviousPage, hasNextPage }: Shown): Place {
  if (order === "RECENTLY_CHANGED") return "before";
  const n = Number(id);
  const precedes = (other: string) => (order === "NEWEST" ? n > Number(other) : n < Number(other));
  const found = ids.findIndex(precedes);
  const index = found < 0 ? ids.length : found;
  if (index === 0 && hasPreviousPage) return "before";
  if (index === ids.length && hasNextPage) return "after";
  return index;
}
