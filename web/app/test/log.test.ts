// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { LogLevel, LogLine } from "../src/api/types";
import { stripped } from "../src/layout/ansi";
import { PageIndex, pageSize } from "../src/layout/pageindex";
import { Log } from "../src/state/log";
import { linesAsText } from "../src/state/logcopy";
import { LogPages } from "../src/state/logpages";
import { lastNumber, placed } from "../src/state/logread";
import { LogSearch } from "../src/state/logsearch";

/** The log on the server: what answers a query of the console, in short batches. */
const server = { lines: [] as LogLine[], batch: 300, asked: 0, failing: false };
const levels: LogLevel[] = ["DEBUG", "INFO", "WARN", "ERROR"];

const line = (number: number, text = `line ${number}`, level: LogLevel = "INFO"): LogLine => ({
  number, text, level, attempt: 1, at: "2026-01-02T03:04:05.678Z", stream: "STDOUT",
});

function log(after: number, first: number, minLevel: LogLevel | null, contains = "") {
  const last = server.lines.at(-1)?.number ?? 0;
  if (after > last) return { lines: [], cursor: last, caughtUp: true, gap: { reason: "REPLACED" } };
  const examined = server.lines.filter((one) => one.number > after).slice(0, Math.min(first, server.batch));
  const lines = examined
    .filter((one) => !minLevel || levels.indexOf(one.level) >= levels.indexOf(minLevel))
    .filter((one) => stripped(one.text).toLowerCase().includes(contains.toLowerCase()));
  return { lines, cursor: examined.at(-1)?.number ?? after, caughtUp: false, gap: null };
}

beforeEach(() => {
  Object.assign(server, { lines: Array.from({ length: 30_000 }, (_, i) => line(i + 1)), batch: 300, asked: 0, failing: false });
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    init.signal?.throwIfAborted();
    server.asked++;
    if (server.failing) throw new TypeError("no network");
    const { variables: v } = JSON.parse(String(init.body));
    return Response.json({ data: { task: v.id === "1" ? { log: log(v.after, v.first, v.minLevel, v.contains) } : null } });
  });
});

const source = { task: "1", level: null };

/** Pages of the whole log, or of a filtered one whose numbers are known. */
function pages(level: LogLevel | null, numbers: number[], last: number) {
  const index = new PageIndex(level !== null);
  index.add(numbers, last);
  const failures: unknown[] = [];
  let changed = () => {};
  const kept = new LogPages({ task: "1", level }, index, { changed: () => changed(), failed: (failure) => failures.push(failure) });
  const here = (row: number) => vi.waitFor(() => expect(kept.row(row)).not.toBe(undefined));
  return { kept, index, failures, here, onChange: (f: () => void) => (changed = f) };
}

describe("the pages of a log", () => {
  test("come by number when they are wanted", async () => {
    const { kept, here } = pages(null, [], 30_000);
    expect(kept.row(20_000)).toBe(undefined);
    kept.want(20_000, 20_030);
    await here(20_030);
    expect(kept.row(20_000)?.number).toBe(20_001);
    expect(kept.row(20_499)?.number).toBe(20_500);
    expect(kept.row(20_500)).toBe(undefined);
  });

  test("what has been flown past is not asked for", async () => {
    const { kept, here } = pages(null, [], 30_000);
    for (let row = 0; row < 20_000; row += 400) kept.want(row, row + 30);
    kept.want(29_000, 29_030);
    await here(29_000);
    expect(server.asked).toBe(2);
  });

  test("are few, and those in view stay", async () => {
    const { kept, here } = pages(null, [], 30_000);
    kept.want(0, 30);
    await here(30);
    server.batch = pageSize;
    for (let page = 1; page < 60; page++) await kept.load(page, new AbortController().signal);
    const held = Array.from({ length: 60 }, (_, page) => page).filter((page) => kept.row(page * pageSize));
    expect(held).toEqual([0, ...Array.from({ length: 39 }, (_, i) => 21 + i)]);
    expect(kept.row(59 * pageSize)?.number).toBe(59 * pageSize + 1);
  });

  test("are fewer when their lines are long", () => {
    const { kept } = pages(null, [], 30_000);
    for (let page = 0; page < 20; page++) {
      kept.add(page * pageSize, Array.from({ length: pageSize }, (_, i) => line(page * pageSize + i + 1, "x".repeat(8_000))));
    }
    expect(Array.from({ length: 20 }, (_, page) => kept.row(page * pageSize)).filter(Boolean).length).toBe(5);
  });

  test("say which lines are gone", async () => {
    server.lines = server.lines.filter((one) => one.number < 100 || one.number > 103);
    const { kept, here } = pages(null, [], 30_000);
    kept.want(90, 120);
    await here(120);
    expect([kept.row(98)?.number, kept.row(99), kept.row(102), kept.row(103)?.number]).toEqual([99, null, null, 104]);
  });

  test("end where the server's log does", async () => {
    server.lines = server.lines.slice(0, 10);
    const { kept, here } = pages(null, [], 40);
    kept.want(0, 30);
    await here(39);
    expect([kept.row(9)?.number, kept.row(10), kept.row(39)]).toEqual([10, null, null]);
  });

  test("of a filtered log are those of its level", async () => {
    server.lines = server.lines.map((one) => (one.number % 10 === 0 ? { ...one, level: "ERROR" } : one));
    const numbers = server.lines.filter((one) => one.level === "ERROR").map((one) => one.number);
    const { kept, here } = pages("WARN", numbers, 30_000);
    kept.want(990, 1_010);
    await here(1_499);
    expect([kept.row(500)?.number, kept.row(999)?.number, kept.row(1_000)?.number]).toEqual([5_010, 10_000, 10_010]);
  });

  test("say why they do not come, and come when they are wanted again", async () => {
    server.failing = true;
    const { kept, here, failures } = pages(null, [], 30_000);
    kept.want(0, 30);
    await vi.waitFor(() => expect(failures).toHaveLength(1));
    server.failing = false;
    await vi.waitFor(() => {
      kept.want(0, 30);
      expect(kept.row(0)?.number).toBe(1);
    });
    await here(30);
  });

  test("new lines are kept where no hole is before them", () => {
    const { kept, index } = pages(null, [], 700);
    kept.add(700, [line(701)]);
    expect(kept.row(700)).toBe(undefined);
    index.add([], 1_001);
    kept.add(1_000, [line(1_001)]);
    expect(kept.row(1_000)?.number).toBe(1_001);
  });
});

test("lines have their places by number", () => {
  expect(placed([line(3), line(5), line(9)], 2, 6).map((one) => one?.number ?? null)).toEqual([3, null, 5, null]);
  expect(placed([], 5, 5)).toEqual([]);
});

test("the last line is known without reading any", async () => {
  expect(await lastNumber(source)).toBe(30_000);
  await expect(lastNumber({ task: "2", level: null })).rejects.toThrow("The task does not exist, or you may not see it");
});

test("a range of lines is copied without its colours", async () => {
  server.lines[10] = line(11, "\x1b[31mred");
  expect(await linesAsText(new Log(source), 10, 12)).toBe("line 10\nred\nline 12");
  expect((await linesAsText(new Log(source), 1, 29_000)).split("\n")).toHaveLength(10_000);
});

describe("a search", () => {
  const search = () => new LogSearch(new Log(source));

  test("goes from the view to the end, then from the beginning", async () => {
    for (const at of [10, 20_000, 29_999]) server.lines[at - 1] = line(at, "a \x1b[1mNee\x1b[0mdle here");
    const found = search();
    await found.start("needle", 15_000);
    expect(found.matches.value).toEqual([10, 20_000, 29_999]);
    expect([found.current.value, found.complete.value, found.progress.value]).toEqual([20_000, true, null]);
    const steps = [1, 1, 1, -1, -1].map((way) => {
      found.step(way as 1 | -1);
      return found.current.value;
    });
    expect(steps).toEqual([29_999, 10, 20_000, 10, 29_999]);
  });

  test("stops, and says that it has not seen all", async () => {
    const found = search();
    const over = found.start("line 1", 1);
    await vi.waitFor(() => expect(found.matches.value.length).toBeGreaterThan(0));
    found.stop();
    await over;
    expect(found.complete.value).toBe(false);
    expect(found.progress.value).toBe(null);
    expect(server.asked).toBeLessThan(100);
  });

  test("keeps so many matches and no more", async () => {
    const found = search();
    await found.start("line", 1);
    expect([found.matches.value.length, found.full.value, found.complete.value]).toEqual([10_000, true, false]);
    await found.start("line", 29_001);
    expect([found.matches.value.length, found.matches.value[0], found.matches.value.at(-1)]).toEqual([10_000, 1, 30_000]);
  });

  test("leaves it to the server to look through lines", async () => {
    server.lines[29_998] = line(29_999, "a needle");
    server.batch = 20_000;
    const found = search();
    await found.start("needle", 1);
    expect(found.matches.value).toEqual([29_999]);
    expect([found.complete.value, server.asked]).toEqual([true, 3 + 1]);
  });

  test("finds nothing, and fails", async () => {
    const found = search();
    await found.start("nowhere", 1);
    expect([found.matches.value, found.complete.value]).toEqual([[], true]);
    server.failing = true;
    await found.start("line", 1);
    expect(found.failure.value).toBe("The server cannot be reached");
    expect(found.complete.value).toBe(false);
  });
});
