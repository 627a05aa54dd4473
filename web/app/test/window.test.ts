import { describe, expect, test } from "vitest";

import { PageIndex, pageSize } from "../src/layout/pageindex";
import {
  atEnd, type Extent, hashOf, heightMost, heightOf, linesOf, offsetAfter, offsetMost, offsetOf, rowHeight, scrollAt, visible,
} from "../src/layout/window";

const small: Extent = { rows: 1_000, viewport: 600 };
const large: Extent = { rows: 10_000_000, viewport: 600 };

describe("the window", () => {
  test.each<[string, number, Extent, ReturnType<typeof visible>]>([
    ["nothing", 0, { rows: 0, viewport: 600 }, { first: 0, last: 0, above: 0 }],
    ["less than fits", 0, { rows: 3, viewport: 600 }, { first: 0, last: 3, above: 0 }],
    ["the beginning", 0, small, { first: 0, last: 30, above: 0 }],
    ["between two rows", 50, small, { first: 2, last: 33, above: 10 }],
    ["the end", 19_400, small, { first: 970, last: 1_000, above: 0 }],
  ])("shows %s", (_, offset, extent, want) => expect(visible(offset, extent)).toEqual(want));

  test("no element is higher than browsers take", () => {
    expect(heightOf(small.rows)).toBe(20_000);
    expect(heightOf(large.rows)).toBe(heightMost);
  });

  test.each([small, large, { rows: heightMost / rowHeight, viewport: 600 }])("reaches both ends of %j", (extent) => {
    expect(scrollAt(0, extent)).toBe(0);
    expect(scrollAt(offsetMost(extent), extent)).toBe(heightOf(extent.rows) - extent.viewport);
    expect(offsetAfter({ offset: 1e6, scrollTop: 1e6 }, 0, extent)).toBe(0);
    const end = offsetAfter({ offset: 0, scrollTop: 0 }, scrollAt(offsetMost(extent), extent), extent);
    expect(end).toBe(offsetMost(extent));
    expect(atEnd(end, extent)).toBe(true);
    expect(atEnd(end - 6, extent)).toBe(false);
  });

  test("a short way passes each row, however many there are", () => {
    let at = { offset: 5e7, scrollTop: scrollAt(5e7, large) };
    for (let i = 0; i < 1_000; i++) at = { offset: offsetAfter(at, at.scrollTop + 100, large), scrollTop: at.scrollTop + 100 };
    expect(at.offset).toBeCloseTo(5e7 + 100_000, 3);
  });

  test("a long way goes where the scrollbar says", () => {
    const half = (heightMost - 600) / 2;
    expect(offsetAfter({ offset: 0, scrollTop: 0 }, half, large)).toBeCloseTo(offsetMost(large) / 2, 3);
  });

  test("a row is shown in the middle, but at the ends", () => {
    expect(offsetOf(500, small)).toBe(500 * 20 - 290);
    expect(offsetOf(0, small)).toBe(0);
    expect(offsetOf(999, small)).toBe(19_400);
  });
});

describe("the address", () => {
  test.each<[string, ReturnType<typeof linesOf>]>([
    ["#L123", [123, 123]], ["#L10-L20", [10, 20]], ["#L20-10", [10, 20]],
    ["", null], ["#L0", null], ["#L", null], ["#Lx", null], ["#L1-L", null], ["#main", null], ["#L1-L0", null], [`#L${"9".repeat(40)}`, null],
  ])("%j", (hash, want) => expect(linesOf(hash)).toEqual(want));

  test("is made", () => {
    expect([hashOf(5, 5), hashOf(9, 5)]).toEqual(["#L5", "#L5-L9"]);
  });
});

describe("the pages", () => {
  test("of a whole log follow from the numbers", () => {
    const index = new PageIndex(false);
    index.add([], 1_234);
    index.add([1_235, 1_237], 1_240);
    expect([index.rows, index.cursor]).toEqual([1_240, 1_240]);
    expect([index.before(0), index.before(2), index.size(2), index.size(3)]).toEqual([0, 1_000, 240, 0]);
    expect([index.pageOf(1), index.pageOf(500), index.pageOf(501), index.pageOf(9_999)]).toEqual([0, 0, 1, 2]);
  });

  test("of a filtered log begin where their first line is", () => {
    const index = new PageIndex(true);
    const numbers = Array.from({ length: 1_200 }, (_, i) => i * 10 + 7);
    index.add(numbers.slice(0, 700), 7_000);
    index.add(numbers.slice(600), 20_000);
    expect([index.rows, index.cursor]).toEqual([1_200, 20_000]);
    for (const page of [0, 1, 2]) expect(index.before(page)).toBe(numbers[page * pageSize]! - 1);
    expect([index.size(2), index.size(3)]).toEqual([200, 0]);
    expect([index.pageOf(1), index.pageOf(5_006), index.pageOf(5_007), index.pageOf(1e9)]).toEqual([0, 0, 1, 2]);
    expect(new PageIndex(true).pageOf(5)).toBe(0);
  });
});
