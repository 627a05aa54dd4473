// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { afterEach, expect, test, vi } from "vitest";

import type { LogLine } from "../src/api/types";
import { heightMost, rowHeight } from "../src/layout/window";
import type { Log } from "../src/state/log";
import { LogRows } from "../src/view/LogRows";

const viewport = 30 * rowHeight;
const closes: (() => void)[] = [];
afterEach(() => closes.splice(0).forEach((close) => close()));

const line = (number: number): LogLine => ({
  number, text: `line ${number}`, level: "INFO", attempt: 1, at: "2026-01-02T03:04:05.678Z", stream: "STDOUT",
});

/** The rows of a log of so many lines, in an element that scrolls as a browser's does. */
async function shown(lines: number) {
  const log = {
    rows: signal(lines), version: signal(0), standing: signal("open"), source: { task: "1", level: null },
    row: (i: number) => line(i + 1), want: () => {}, get last() { return lines; },
  };
  const element = document.body.appendChild(document.createElement("div"));
  let top = 0;
  Object.defineProperties(element, {
    clientHeight: { get: () => viewport },
    scrollTop: { get: () => top, set: (wanted: number) => (top = Math.max(0, Math.min(wanted, heightMost - viewport))) },
  });
  vi.stubGlobal("ResizeObserver", class { constructor(private run: () => void) {} observe() { this.run(); } disconnect() {} });
  const rows = new LogRows(element, log as unknown as Log, { marks: () => null, find: () => null, current: () => null });
  closes.push(() => (rows.close(), element.remove(), vi.unstubAllGlobals()));
  const numbers = () => [...element.querySelectorAll(".log-number")].map((link) => Number(link.textContent));
  const scroll = async (to: number) => {
    element.scrollTop = to;
    element.dispatchEvent(new Event("scroll"));
    await painted();
  };
  await vi.waitFor(() => expect(numbers().at(-1)).toBe(lines));
  return { rows, element, numbers, scroll };
}

const painted = () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));

test("the beginning is gone to, however high the log is and wherever a scroll came to its end", async () => {
  const { rows, numbers, scroll } = await shown(1_000_000);
  // As a smooth scroll goes: a long way, then less and less, to where the scrollbar begins.
  for (const to of [5_000_000, 300, 100, 20, 0]) await scroll(to);
  expect(numbers()[0]).toBeGreaterThan(1);
  rows.begin();
  await painted();
  expect(numbers()[0]).toBe(1);
  expect(rows.follows.value).toBe(false);
});

test("rows are as many as fit the view, and stay the same elements", async () => {
  const { rows, element, numbers, scroll } = await shown(1_000_000);
  const before = [...element.querySelectorAll(".log-row")];
  expect(before).toHaveLength(30);
  for (const to of [0, 7_000_000, 14_000_000]) await scroll(to);
  rows.follow();
  await painted();
  expect(numbers()).toEqual(Array.from({ length: 30 }, (_, i) => 999_971 + i));
  const after = [...element.querySelectorAll(".log-row")];
  expect(after.length).toBeLessThanOrEqual(31);
  expect(before.every((row) => after.includes(row))).toBe(true);
});
