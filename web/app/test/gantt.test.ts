import { describe, expect, test } from "vitest";

import { type ContentSpan, gantt, type GanttInput, scaleOf, type StepSpan, visible } from "../src/layout/gantt";
import { phasesAt, phasesOf } from "../src/layout/phases";
import type { Status } from "../src/api/types";

const zero = Date.parse("2026-01-02T03:04:05.000Z");
const at = (ms: number) => new Date(zero + ms).toISOString();
const day = 86_400_000;

function content(id: string, status: Status, from: number | null, to: number | null): ContentSpan {
  return { id, message: `content ${id}`, status, startTime: from === null ? null : at(from), finishTime: to === null ? null : at(to) };
}

function step(id: string, status: Status, ...contents: ContentSpan[]): StepSpan {
  const starts = contents.flatMap((one) => one.startTime ?? []).sort();
  const ends = contents.flatMap((one) => one.finishTime ?? []).sort();
  const over = contents.every((one) => one.finishTime !== null);
  return { id, description: `step ${id}`, status, startTime: starts[0] ?? null, finishTime: over ? (ends.at(-1) ?? null) : null, contents };
}

function lay(input: Partial<GanttInput> & { steps: StepSpan[] }, now = 10_000) {
  return gantt({
    phases: [], whole: { from: zero, to: zero + now }, origin: zero, now: zero + now, width: 1_000,
    expanded: new Set(input.steps.map((one) => one.id)), ...input,
  });
}

const bars = (rows: ReturnType<typeof lay>["rows"]) =>
  rows.map((row) => [row.id, ...row.bars.flatMap((bar) => [+bar.left.toFixed(4), +bar.width.toFixed(4)])]);

describe("rows and bars", () => {
  test("without steps there is the row of the task", () => {
    const { rows, scale } = lay({ steps: [] });
    expect(rows.map((row) => [row.id, row.position, row.siblings])).toEqual([["", 1, 1]]);
    expect(scale).toHaveLength(1);
  });

  test("what only waits has no bar, and the wait is the task's", () => {
    const { rows } = lay({
      steps: [step("1-1", "WAITING", content("1-1-1", "WAITING", null, null))],
      phases: phasesOf(zero, [], { status: "WAITING", startedAt: null, finishedAt: null }),
    });
    expect(bars(rows)).toEqual([["", 0, 1], ["1-1"], ["1-1-1"]]);
    expect(rows[0]!.bars[0]).toMatchObject({ status: "WAITING", to: null });
  });

  test.each<[string, ContentSpan, (string | number)[], boolean]>([
    ["one that ended", content("1-1-1", "SUCCEEDED", 2_000, 7_000), ["1-1-1", 0.2, 0.5], false],
    ["one millisecond", content("1-1-1", "FAILED", 5_000, 5_001), ["1-1-1", 0.5, 0.0001], false],
    ["one that runs ends now", content("1-1-1", "RUNNING", 4_000, null), ["1-1-1", 0.4, 0.6], false],
    ["an end before the start counts as the start", content("1-1-1", "SUCCEEDED", 4_000, 3_000), ["1-1-1", 0.4, 0], true],
    ["a start that is still to come", content("1-1-1", "RUNNING", 20_000, null), ["1-1-1", 1, 0], true],
    ["a start a little ahead of this clock", content("1-1-1", "RUNNING", 10_500, null), ["1-1-1", 1, 0], false],
  ])("%s", (_, one, expected, skewed) => {
    const { rows } = lay({ steps: [step("1-1", one.status, one)] });
    expect(bars(rows)[2]).toEqual(expected);
    expect(rows[2]!.skewed).toBe(skewed);
  });

  test("contents that overlap lie on rows of their own, in the span of their step", () => {
    const { rows } = lay({
      steps: [step("1-1", "SUCCEEDED", content("1-1-1", "SUCCEEDED", 0, 6_000), content("1-1-2", "SUCCEEDED", 2_000, 8_000))],
    });
    expect(bars(rows)).toEqual([[""], ["1-1", 0, 0.8], ["1-1-1", 0, 0.6], ["1-1-2", 0.2, 0.6]]);
    expect(rows.map((row) => [row.level, row.position, row.siblings])).toEqual([[1, 1, 2], [1, 2, 2], [2, 1, 2], [2, 2, 2]]);
  });

  test("what an earlier attempt did is marked, and on the axis", () => {
    const steps = [step("1-1", "SUCCEEDED", content("1-1-1", "SUCCEEDED", -5_000, -3_000)), step("1-2", "RUNNING", content("1-2-1", "RUNNING", 2_000, null))];
    const { rows, scale } = lay({ steps });
    expect(scale[0]!.from).toBe(zero - 5_000);
    expect(rows.map((row) => row.bars.map((bar) => bar.earlier))).toEqual([[], [true], [true], [false], [false]]);
  });

  test("days apart, the wait between is folded and both have a width", () => {
    const steps = [
      step("1-1", "SUCCEEDED", content("1-1-1", "SUCCEEDED", 0, 60_000)),
      step("1-2", "SUCCEEDED", content("1-2-1", "SUCCEEDED", 3 * day, 3 * day + 60_000)),
    ];
    const { rows, scale } = lay({ steps }, 3 * day + 60_000);
    expect(scale.map((stretch) => stretch.folded)).toEqual([false, true, false]);
    expect(rows[1]!.bars[0]!.width).toBeCloseTo(0.486);
    expect(rows[3]!.bars[0]!.width).toBeCloseTo(0.486);
  });

  test("a pause over night is folded, though contents have begun", () => {
    const steps = [step("1-1", "SUCCEEDED", content("1-1-1", "SUCCEEDED", 0, day))];
    const phases = phasesOf(zero, [
      { at: at(0), to: "RUNNING" }, { at: at(60_000), to: "PAUSED" }, { at: at(day - 60_000), to: "RUNNING" }, { at: at(day), to: "SUCCEEDED" },
    ], { status: "SUCCEEDED", startedAt: at(0), finishedAt: at(day) });
    const scale = scaleOf({ steps, phases, whole: { from: zero, to: zero + day }, now: zero + day, width: 1_000 });
    expect(scale.map((stretch) => stretch.folded)).toEqual([false, true, false]);
  });

  test("1,000 contents are rows when their step is expanded, and one row when not", () => {
    const contents = Array.from({ length: 1_000 }, (_, i) => content(`1-1-${i + 1}`, "SUCCEEDED", i * 10, i * 10 + 10));
    const steps = [step("1-1", "SUCCEEDED", ...contents)];
    expect(lay({ steps }).rows).toHaveLength(1_002);
    expect(lay({ steps, expanded: new Set() }).rows.map((row) => [row.contents, row.expanded])).toEqual([[0, false], [1_000, false]]);
  });

  test("a given axis stays, whatever the steps say", () => {
    const scale = [{ from: zero, to: zero + 40_000, left: 0, right: 1, folded: false }];
    const { rows } = lay({ scale, steps: [step("1-1", "RUNNING", content("1-1-1", "RUNNING", 0, null))] });
    expect(rows[1]!.bars[0]!.width).toBe(0.25);
  });
});

describe("phases", () => {
  const whole = { status: "SUCCEEDED", startedAt: at(1_000), finishedAt: at(9_000) } as const;
  const short = (phases: ReturnType<typeof phasesOf>) => phases.map((one) => [one.status, one.from - zero, one.to === null ? null : one.to - zero]);

  test.each<[string, Parameters<typeof phasesOf>, unknown]>([
    ["waiting", [zero, [], { status: "WAITING", startedAt: null, finishedAt: null }], [["WAITING", 0, null]]],
    ["running", [zero, [], { status: "RUNNING", startedAt: at(1_000), finishedAt: null }], [["WAITING", 0, 1_000], ["RUNNING", 1_000, null]]],
    ["ended", [zero, [], whole], [["WAITING", 0, 1_000], ["SUCCEEDED", 1_000, 9_000]]],
    ["not queued", [zero + 1_000, [], whole], [["SUCCEEDED", 1_000, 9_000]]],
    ["cancelled before it started", [zero, [], { status: "CANCELLED", startedAt: null, finishedAt: at(500) }], [["WAITING", 0, 500]]],
    [
      "paused in between, and clocks that went back",
      [zero, [{ at: at(1_000), to: "RUNNING" }, { at: at(2_000), to: "PAUSED" }, { at: at(1_500), to: "RUNNING" }, { at: at(9_000), to: "FAILED" }], whole],
      [["WAITING", 0, 1_000], ["RUNNING", 1_000, 2_000], ["PAUSED", 2_000, 2_000], ["FAILED", 2_000, 9_000]],
    ],
  ])("of a task %s", (_, input, expected) => {
    expect(short(phasesOf(...input))).toEqual(expected);
  });

  test("at an instant are those until then, the last without an end", () => {
    expect(short(phasesAt(phasesOf(zero, [], whole), zero + 4_000))).toEqual([["WAITING", 0, 1_000], ["RUNNING", 1_000, null]]);
    expect(short(phasesAt(phasesOf(zero, [], whole), zero + 500))).toEqual([["WAITING", 0, null]]);
  });
});

test.each([
  [[0, 30, 0, 300], { first: 0, end: 0 }],
  [[5, 30, 0, 300], { first: 0, end: 5 }],
  [[1_000, 30, 0, 300], { first: 0, end: 16 }],
  [[1_000, 30, 15_000, 300], { first: 494, end: 516 }],
  [[1_000, 30, 30_000, 300], { first: 994, end: 1_000 }],
  [[10, 30, 9_000, 300], { first: 10, end: 10 }],
] as const)("of %o the rows in sight are %o", ([count, row, top, height], expected) => {
  expect(visible(count, row, top, height)).toEqual(expected);
});
