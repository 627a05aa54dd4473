import { expect, test } from "vitest";

import { placed } from "../src/layout/refusals";
import { expiryOf, standing, toggledScope } from "../src/layout/token";
import { beginning, pageOf } from "../src/layout/userlist";

const now = Date.parse("2026-01-31T12:00:00Z");

test("a refusal stands beside its field; others, and those of fields that are not there, at the head", () => {
  const refusals = [
    { field: ["name"], message: "too long" },
    { field: ["name", "0"], message: "taken" },
    { field: null, message: "busy" },
    { field: ["user"], message: "who?" },
  ];
  expect(placed(refusals, ["name", "scopes"])).toEqual({ name: "too long taken", "": "busy who?" });
  expect(placed([], ["name"])).toEqual({});
});

test.each([
  ["week", "", "2026-02-07T12:00:00.000Z"],
  ["quarter", "", "2026-05-01T12:00:00.000Z"],
  ["year", "", "2027-01-31T12:00:00.000Z"],
  ["never", "", null],
  ["until", "", ""],
  ["until", "2026-02-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"],
] as const)("a token for %s %s ends at %s", (span, expiresAt, ends) => {
  expect(expiryOf({ span, expiresAt }, now)).toBe(ends);
});

test("scopes keep their order whatever is ticked first", () => {
  expect(toggledScope(["CONTROL"], "READ")).toEqual(["READ", "CONTROL"]);
  expect(toggledScope(["READ", "CONTROL"], "READ")).toEqual(["CONTROL"]);
});

test.each([
  [null, "counts"],
  ["2026-02-28T12:00:00Z", "counts"],
  ["2026-02-03T11:59:59Z", "ending"],
  ["2026-01-31T12:00:00Z", "ended"],
  ["2025-01-31T12:00:00Z", "ended"],
])("a token that ends at %s %s", (expiresAt, said) => {
  expect(standing(expiresAt, now)).toBe(said);
});

const users = (...names: string[]) => names.map((name) => ({ name }));
const shown = (...args: Parameters<typeof pageOf>) => {
  const { rows, more } = pageOf(...args);
  return [rows.map(({ name }) => name).join(" "), more];
};

test("a page of users whose names begin so", () => {
  expect(shown("", null, users("ann", "bob", "cid"), 2)).toEqual(["ann bob", true]);
  expect(shown("", null, users("ann", "bob"), 2)).toEqual(["ann bob", false]);
  expect(shown("an", null, users("ann", "any", "bob"), 2)).toEqual(["ann any", false]);
  expect(shown("ann", { name: "ann" }, users("anna", "bob"), 2)).toEqual(["ann anna", false]);
  expect(shown("ann", { name: "ann" }, users("ann1", "ann2", "ann3"), 2)).toEqual(["ann ann1 ann2", true]);
  expect(shown("x", null, users("yan"), 2)).toEqual(["", false]);
});

test("what is typed is a name in lower case", () => expect(beginning(" Ann ")).toBe("ann"));
