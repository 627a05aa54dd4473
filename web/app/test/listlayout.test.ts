import { expect, test } from "vitest";

import { placeOf } from "../src/layout/place";
import { allOrNone, allows, countByStatus, extended, kept, nothingSelected, toggled } from "../src/layout/selection";

const all = { hasPreviousPage: false, hasNextPage: false };
const middle = { hasPreviousPage: true, hasNextPage: true };

test.each([
  ["12", "NEWEST", all, 0],
  ["10", "NEWEST", all, 1],
  ["2", "NEWEST", all, 3],
  ["12", "NEWEST", middle, "before"],
  ["10", "NEWEST", middle, 1],
  ["2", "NEWEST", middle, "after"],
  ["100", "NEWEST", all, 0], // numbers, not texts
  ["12", "RECENTLY_CHANGED", all, "before"],
] as const)("%s by %s", (id, order, page, place) => {
  expect(placeOf(id, { ids: ["11", "9", "3"], order, ...page })).toBe(place);
});

test.each([
  ["2", all, 0],
  ["12", all, 3],
  ["12", middle, "after"],
  ["2", middle, "before"],
] as const)("%s, the oldest first", (id, page, place) => {
  expect(placeOf(id, { ids: ["3", "9", "11"], order: "OLDEST", ...page })).toBe(place);
});

test("an empty page takes the first task", () => {
  expect(placeOf("1", { ids: [], order: "NEWEST", ...all })).toBe(0);
});

const order = ["a", "b", "c", "d"];
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort().join("");

test("a range goes from the last click, either way, and takes away as it adds", () => {
  const one = toggled(nothingSelected, "c");
  expect(ids(extended(one, "a", order))).toBe("abc");
  expect(ids(extended(one, "d", order))).toBe("cd");
  expect(ids(extended(toggled(extended(one, "a", order), "a"), "b", order))).toBe("c");
  expect(ids(extended(nothingSelected, "b", order))).toBe("b");
  expect(ids(extended({ ids: new Set(), anchor: "gone" }, "b", order))).toBe("b");
});

test("all, none, and what is still there", () => {
  expect(ids(allOrNone(toggled(nothingSelected, "a"), order))).toBe("abcd");
  expect(ids(allOrNone(allOrNone(nothingSelected, order), order))).toBe("");
  const chosen = allOrNone(nothingSelected, order);
  expect(kept(chosen, order)).toBe(chosen);
  expect(ids(kept(chosen, ["b", "x"]))).toBe("b");
});

test("cancelling is for what has not ended, retrying for what ended badly", () => {
  expect(allows("cancel", "PAUSED")).toBe(true);
  expect(allows("cancel", "CANCELLING")).toBe(false);
  expect(allows("cancel", "FAILED")).toBe(false);
  expect(["FAILED", "TIMED_OUT", "CANCELLED"].every((status) => allows("retry", status as "FAILED"))).toBe(true);
  expect(["SUCCEEDED", "RUNNING", "WAITING", "CANCELLING"].some((status) => allows("retry", status as "RUNNING"))).toBe(false);
  expect(countByStatus(["RUNNING", "WAITING", "RUNNING"])).toEqual([["RUNNING", 2], ["WAITING", 1]]);
});
