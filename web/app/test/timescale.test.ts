import { describe, expect, test } from "vitest";

import { horizon, place, ticks, tickStep, timeScale } from "../src/layout/timescale";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe("the axis", () => {
  test("runs evenly where something always runs", () => {
    const scale = timeScale({ from: 1_000, to: 2_000 }, [{ from: 1_000, to: 2_000 }], 800);
    expect(scale).toEqual([{ from: 1_000, to: 2_000, left: 0, right: 1, folded: false }]);
    expect([900, 1_000, 1_250, 2_000, 3_000].map((at) => place(scale, at))).toEqual([0, 0, 0.25, 1, 1]);
  });

  test.each([
    ["nothing busy is not folded", [], day, 0],
    ["a short wait is not folded", [{ from: 0, to: 10_000 }, { from: 25_000, to: 40_000 }], 40_000, 0],
    ["a wait that is short beside the work is not folded", [{ from: 0, to: 5 * hour }, { from: 6 * hour, to: 9 * hour }], 9 * hour, 0],
    ["a wait of days is folded", [{ from: 0, to: minute }, { from: 3 * day, to: 3 * day + minute }], 3 * day + minute, 1],
    ["a wait at each end is folded", [{ from: hour, to: hour + minute }], 2 * hour, 2],
    ["spans that overlap are one", [{ from: 0, to: hour }, { from: 10, to: 20 }, { from: minute, to: 2 * hour }], 2 * hour, 0],
    ["what lies outside does not count", [{ from: 0, to: minute }, { from: 9 * day, to: 10 * day }], day, 1],
  ])("%s", (_, busy, to, folds) => {
    const scale = timeScale({ from: 0, to }, busy, 800);
    expect(scale.filter((stretch) => stretch.folded)).toHaveLength(folds);
    expect(scale[0]!.left).toBe(0);
    expect(scale.at(-1)!.right).toBe(1);
    for (const [i, stretch] of scale.entries()) {
      expect(stretch.right).toBeGreaterThan(stretch.left);
      if (i > 0) expect([stretch.from, stretch.left]).toEqual([scale[i - 1]!.to, scale[i - 1]!.right]);
    }
  });

  test("folds the longest waits and leaves most of the width to what ran", () => {
    const busy = Array.from({ length: 100 }, (_, i) => ({ from: i * hour, to: i * hour + minute }));
    const scale = timeScale({ from: 0, to: 100 * hour }, busy, 800);
    const folded = scale.filter((stretch) => stretch.folded);
    expect(folded.length).toBe(8);
    expect(folded.reduce((sum, one) => sum + one.right - one.left, 0)).toBeLessThanOrEqual(0.3);
  });

  test("keeps a width for one millisecond", () => {
    expect(timeScale({ from: 5, to: 5 }, [{ from: 5, to: 5 }], 100)).toEqual([{ from: 5, to: 6, left: 0, right: 1, folded: false }]);
  });
});

describe("ticks", () => {
  test.each([
    [{ from: 0, to: 1 }, 300, [0]],
    [{ from: 0, to: 1_000 }, 800, [0, 200, 400, 600, 800]],
    [{ from: 0, to: 60_000 }, 800, [0, 10_000, 20_000, 30_000, 40_000, 50_000]],
    [{ from: 0, to: 3 * day }, 400, [0, day, 2 * day]],
    [{ from: 0, to: 400 * day }, 400, [0, 112 * day, 224 * day, 336 * day]],
  ])("of %o in %i px", (whole, width, expected) => {
    expect(ticks(timeScale(whole, [whole], width), 0, width).map((tick) => tick.since)).toEqual(expected);
  });

  test("count from the origin, and to the left of it backwards", () => {
    const whole = { from: -5_000, to: 20_000 };
    const found = ticks(timeScale(whole, [whole], 800), 0, 800);
    expect(found.map((tick) => tick.since)).toEqual([-5_000, 0, 5_000, 10_000, 15_000]);
    expect(found[1]!.left).toBeCloseTo(0.2);
  });

  test("leave out what is folded, and keep apart", () => {
    const busy = [{ from: 0, to: minute }, { from: 3 * day, to: 3 * day + minute }];
    const width = 800;
    const found = ticks(timeScale({ from: 0, to: 3 * day + minute }, busy, width), 0, width);
    expect(found.length).toBeGreaterThan(3);
    expect(found.every((tick) => tick.since <= minute || tick.since >= 3 * day)).toBe(true);
    for (const [i, tick] of found.entries()) {
      if (i > 0) expect((tick.left - found[i - 1]!.left) * width).toBeGreaterThanOrEqual(82);
    }
  });

  test.each([[0, 1], [1, 1], [3, 5], [700, 1_000], [61_000, 2 * minute], [29 * day, 56 * day]])("a step of at least %i is %i", (least, step) => {
    expect(tickStep(least)).toBe(step);
  });
});

test("an axis that grows ends beyond now, and changes seldom", () => {
  const ends = new Set<number>();
  for (let now = 0; now <= 10 * minute; now += 1_000) {
    const end = horizon(0, now);
    expect(end).toBeGreaterThan(now);
    expect(end).toBeLessThanOrEqual(Math.max(2_000, now * 1.5));
    ends.add(end);
  }
  expect(ends.size).toBeLessThan(60);
});
