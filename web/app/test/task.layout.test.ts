import { describe, expect, test } from "vitest";

import { type Status, statuses } from "../src/api/types";
import { addresses } from "../src/layout/addresses";
import { about, actionsOf, allows, count, opens, percent, timeLeft } from "../src/layout/task";

test("counts", () => {
  expect(count([])).toEqual({ total: 0, done: 0, running: 0, failed: 0 });
  expect(count(["SUCCEEDED", "RUNNING", "FAILED", "TIMED_OUT", "SKIPPED", "CANCELLED", "WAITING", "PAUSED"])).toEqual({
    total: 8, done: 1, running: 1, failed: 2,
  });
});

test("steps open where something happens, went wrong, or comes next", () => {
  const open = statuses.filter((status) => opens(status, false));
  expect(open).toEqual(["RUNNING", "PAUSING", "PAUSED", "CANCELLING", "CANCELLED", "FAILED", "TIMED_OUT"]);
  expect(statuses.every((status) => opens(status, true))).toBe(true);
});

test.each([[0, "0 %"], [99.9, "99 %"], [100, "100 %"], [42.5, "42 %"]])("percent(%d)", (progress, written) => {
  expect(percent(progress)).toBe(written);
});

test.each([
  [null, 0, 0, null],
  [10, 1_000, 1_000, 10_000],
  [10, 1_000, 6_000, 5_000],
  [10, 1_000, 11_000, null],
  [10, 1_000, 90_000, null],
])("timeLeft(%s, %d, %d)", (eta, made, now, left) => {
  expect(timeLeft(eta, made, now)).toBe(left);
});

test.each([
  [10, 1_000],
  [4_400, 4_000],
  [14_000, 10_000],
  [85_000, 90_000],
  [170_000, 180_000],
  [3_650_000, 3_600_000],
  [8_000_000, 8_100_000],
])("about(%d)", (exact, said) => {
  expect(about(exact)).toBe(said);
});

describe("actions", () => {
  const allowed: Record<Status, string[]> = {
    WAITING: ["cancel", "pause"],
    RUNNING: ["cancel", "pause"],
    PAUSING: ["cancel", "resume"],
    PAUSED: ["cancel", "resume"],
    CANCELLING: [],
    CANCELLED: ["retry"],
    SUCCEEDED: [],
    FAILED: ["retry"],
    TIMED_OUT: ["retry"],
    SKIPPED: [],
  };
  test.each(statuses)("of %s", (status) => {
    expect((["cancel", "pause", "resume", "retry"] as const).filter((action) => allows(status, action))).toEqual(allowed[status]);
    expect(actionsOf(status)).toEqual([allowed[status].includes("resume") ? "resume" : "pause", "cancel", "retry"]);
  });
});

test("addresses are whole, and what an id may hold is part of no path", () => {
  const all = addresses("https://s.example", "7", "exec_id018a:9/..?x_7");
  expect(all.map(({ value }) => value)).toEqual([
    "exec_id018a:9/..?x_7",
    "https://s.example/api/rest_j/v1/entrance/exec_id018a:9%2F..%3Fx_7/status",
    "https://s.example/api/rest_j/v1/entrance/exec_id018a:9%2F..%3Fx_7/progress",
    "https://s.example/api/rest_j/v1/entrance/exec_id018a:9%2F..%3Fx_7/log",
    "https://s.example/imanager/cloud/web/tasks/7.json",
  ]);
});
