import { expect, test } from "vitest";

import { addressOf, filterOf, isFiltered, narrowed, readLabel, readQuery, toggleLabel, toggleStatus, unfiltered, variablesOf } from "../src/layout/listquery";

const of = (search: string) => readQuery(new URLSearchParams(search));

test.each([
  ["", "/"],
  ["status=FAILED,RUNNING", "/?status=RUNNING%2CFAILED"],
  ["status=SKIPPED,NONSENSE&order=NEWEST", "/"],
  ["owner=ann&text=a b&order=OLDEST", "/?owner=ann&text=a+b&order=OLDEST"],
  ["label=env=prod&label=a%253Db=c=d", "/?label=env%3Dprod&label=a%253Db%3Dc%3Dd"],
  ["label=novalue&label==x", "/"],
  ["within=24h&within=1h", "/?within=24h"],
  ["within=toString&from=yesterday", "/"],
  ["from=2026-01-02T03:04:05%2B01:00", "/?from=2026-01-02T02%3A04%3A05.000Z"],
  ["after=abc&before=def", "/?after=abc"],
  ["before=def", "/?before=def"],
])("%s is the address %s", (search, address) => {
  expect(addressOf(of(search))).toBe(address);
  expect(addressOf(readQuery(new URL(address, "http://x").searchParams))).toBe(address);
});

test("the key of a label may have = and %", () => {
  const query = toggleLabel(of(""), { key: "50%=x", value: "=" });
  expect(readQuery(new URL(addressOf(query), "http://x").searchParams).labels).toEqual(query.labels);
  expect(readLabel("a=")).toEqual({ key: "a", value: "" });
});

test("a condition begins at the first page", () => {
  expect(addressOf(toggleStatus(of("after=abc"), "FAILED"))).toBe("/?status=FAILED");
  expect(addressOf(narrowed(of("after=abc"), { before: "x" }))).toBe("/?before=x");
});

test("all statuses are none", () => {
  let query = of("");
  for (const status of ["WAITING", "RUNNING", "PAUSING", "PAUSED", "CANCELLING", "CANCELLED", "SUCCEEDED", "FAILED"] as const) query = toggleStatus(query, status);
  expect(query.statuses).toHaveLength(8);
  expect(toggleStatus(query, "TIMED_OUT").statuses).toEqual([]);
  expect(toggleStatus(query, "RUNNING").statuses).not.toContain("RUNNING");
});

test("an order and a place are no condition", () => {
  expect(isFiltered(of("order=OLDEST&after=x"))).toBe(false);
  expect(isFiltered(of("owner=x"))).toBe(true);
  expect(addressOf(unfiltered(of("owner=x&order=OLDEST")))).toBe("/?order=OLDEST");
});

const now = Date.parse("2026-01-02T00:00:00Z");

test("what the server is asked", () => {
  expect(variablesOf(of(""), now)).toEqual({ filter: null, orderBy: "NEWEST", first: 50, after: null });
  expect(variablesOf(of("before=x&order=OLDEST"), now)).toEqual({ filter: null, orderBy: "OLDEST", last: 50, before: "x" });
  expect(filterOf(of("within=1h&to=2026-01-01T00:00:00Z"), now)).toEqual({ createdAfter: "2026-01-01T23:00:00.000Z" });
  expect(filterOf(of("to=2026-01-01T00:00:00Z&label=a=b&text=x"), now)).toEqual({
    createdBefore: "2026-01-01T00:00:00.000Z", labels: [{ key: "a", value: "b" }], text: "x",
  });
});
