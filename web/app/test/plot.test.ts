import { describe, expect, test } from "vitest";

import { nearest, niceTop, plot, type Sample } from "../src/layout/plot";
import { type Bucket, bucketOf, spark } from "../src/layout/spark";

const zero = Date.parse("2026-01-02T03:04:05.000Z");
const at = (ms: number) => new Date(zero + ms).toISOString();
const sample = (ms: number, cpuPercent: number, rssBytes = 0, processes = 1, outputBytes = 0): Sample => ({ at: at(ms), cpuPercent, rssBytes, processes, outputBytes });
const span = { from: zero, to: zero + 10_000 };

describe("the plot", () => {
  test("of nothing has no lines", () => {
    expect(plot([], span).series.map(({ line, area, most, top }) => [line, area, most, top])).toEqual(Array(4).fill(["", "", 0, 1]));
  });

  test("draws CPU as the mean since the sample before, what is held until the next, output evenly", () => {
    const { series, left } = plot([sample(2_000, 50, 1_000_000, 1, 0), sample(6_000, 100, 2_000_000, 2, 500)], span);
    expect(left).toEqual([0.2, 0.6]);
    expect(series.map((one) => [one.quantity, one.line, one.most, one.top])).toEqual([
      ["cpu", "M0 50V50H200V0H600", 100, 100],
      ["memory", "M200 50H200V50H600V0H1000", 2_000_000, 2_000_000],
      ["processes", "M200 50H200V50H600V0H1000", 2, 2],
      ["output", "M0 100L200 100L600 0", 500, 500],
    ]);
    expect(series[0]!.area).toBe("M0 50V50H200V0H600L600 100L0 100Z");
    expect(series[1]!.area.endsWith("L1000 100L200 100Z")).toBe(true);
  });

  test("takes samples in any order, and values that are none as 0", () => {
    const { series, left } = plot([sample(6_000, Number.NaN), sample(2_000, -5), sample(4_000, 3)], span);
    expect(left).toEqual([0.2, 0.4, 0.6]);
    expect(series[0]!.values).toEqual([0, 3, 0]);
  });

  test("keeps within its width, whatever the clocks say", () => {
    expect(plot([sample(-500, 1), sample(20_000, 1)], span).left).toEqual([0, 1]);
    expect(plot([sample(0, 1)], { from: zero, to: zero }).left).toEqual([0]);
  });

  test("plots a bounded number of samples, the first and the last among them", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => sample(i, i));
    const { at: instants } = plot(many, span);
    expect(instants).toHaveLength(480);
    expect([instants[0], instants.at(-1)]).toEqual([zero, zero + 9_999]);
  });

  test.each([[0, 1], [1, 1], [1.2, 1.5], [2, 2], [99, 100], [101, 150], [205, 300], [123_456_789, 150_000_000]])("a plot of up to %d goes to %d", (most, top) => {
    expect(niceTop(most)).toBe(top);
  });

  test("the nearest sample to a place", () => {
    expect([-1, 0.1, 0.29, 0.31, 9].map((x) => nearest([0, 0.2, 0.4], x))).toEqual([0, 0, 1, 2, 2]);
    expect(nearest([], 0.5)).toBe(-1);
  });
});

describe("the sparkline", () => {
  const bucket = (succeeded: number, failed: number, exact = true): Bucket => ({ from: at(0), to: at(1), succeeded, failed, exact });

  test.each<[string, Bucket[], [number, number][]]>([
    ["of nothing", [], []],
    ["of quiet buckets is flat", [bucket(0, 0), bucket(0, 0)], [[0, 0], [0, 0]]],
    ["is as high as the highest", [bucket(10, 0), bucket(5, 5), bucket(0, 5)], [[1, 0], [0.5, 0.5], [0, 0.5]]],
    ["shows one among thousands, within its height", [bucket(9_999, 1), bucket(1, 0), bucket(1, 9_999)], [[0.92, 0.08], [0.08, 0], [0.08, 0.92]]],
  ])("%s", (_, buckets, expected) => {
    const { bars } = spark(buckets);
    expect(bars.map((bar) => [+bar.succeeded.toFixed(3), +bar.failed.toFixed(3)])).toEqual(expected);
    for (const bar of bars) expect(bar.succeeded + bar.failed).toBeLessThanOrEqual(1);
  });

  test("tells totals, and whether they are all", () => {
    expect(spark([bucket(1, 2), bucket(3, 4)])).toMatchObject({ succeeded: 4, failed: 6, exact: true });
    expect(spark([bucket(1, 2), bucket(3, 4, false)]).exact).toBe(false);
  });

  test("counts what ended in another way than by success together", () => {
    const ended = (["CANCELLED", "FAILED", "SUCCEEDED", "TIMED_OUT"] as const).map((status, i) => ({ status, count: 10 ** i, exact: i < 3 }));
    expect(bucketOf({ from: at(0), to: at(1), ended })).toEqual({ from: at(0), to: at(1), succeeded: 100, failed: 1_011, exact: false });
  });
});
