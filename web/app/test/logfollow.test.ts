// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { StreamOptions } from "../src/api/live";
import type { LogBatch, LogLine } from "../src/api/types";
import { Log } from "../src/state/log";

/** The streams that run, and what the page sees of the connection: the seam to the network. */
const net = vi.hoisted(() => ({ streams: [] as StreamOptions<{ taskLog: LogBatch }>[], last: 0, failing: false }));

vi.mock("../src/api/live", async () => {
  const { signal } = await import("@preact/signals");
  return {
    watched: signal(true),
    connection: signal("live"),
    stream: (options: StreamOptions<{ taskLog: LogBatch }>) => {
      net.streams.push(options);
      return () => net.streams.splice(net.streams.indexOf(options), 1);
    },
  };
});
const { connection, watched } = await import("../src/api/live");

const line = (number: number): LogLine => ({
  number, text: `line ${number}`, level: "INFO", attempt: 1, at: "2026-01-02T03:04:05.678Z", stream: "STDOUT",
});

/** A batch of the lines from a number to another. */
const batch = (from: number, to: number, caughtUp = true): { taskLog: LogBatch } => ({
  taskLog: { lines: Array.from({ length: to - from + 1 }, (_, i) => line(from + i)), cursor: to, caughtUp, gap: null },
});

beforeEach(() => {
  Object.assign(net, { streams: [], last: 1_000, failing: false });
  watched.value = true;
  vi.stubGlobal("fetch", async () => {
    if (net.failing) throw new TypeError("no network");
    return Response.json({ data: { task: { log: { lines: [], cursor: net.last, caughtUp: true, gap: null } } } });
  });
});

const logs: Log[] = [];
afterEach(() => logs.splice(0).forEach((log) => log.close()));

const opened = async (final = signal(false)) => {
  const log = new Log({ task: "1", level: null });
  logs.push(log);
  log.open(final);
  await vi.waitFor(() => expect(log.standing.value).not.toBe("loading"));
  return log;
};

test("a log is followed from its end on", async () => {
  const log = await opened();
  expect([log.rows.value, log.standing.value]).toEqual([1_000, "open"]);
  expect(net.streams[0]?.variables()).toEqual({ id: "1", after: 1_000, minLevel: null });
  net.streams[0]?.next(batch(1_001, 1_003));
  expect([log.rows.value, log.row(1_000)?.number, log.row(1_002)?.number]).toEqual([1_003, 1_001, 1_003]);
  expect(net.streams[0]?.variables()).toEqual({ id: "1", after: 1_003, minLevel: null });
});

test("what comes twice is taken once, and what is left out is said", async () => {
  const log = await opened();
  net.streams[0]?.next(batch(1_001, 1_003));
  net.streams[0]?.next(batch(1_002, 1_004));
  net.streams[0]?.next(batch(1_007, 1_008));
  expect(log.rows.value).toBe(1_008);
  expect([1_003, 1_004, 1_005, 1_006].map((row) => log.row(row)?.number ?? null)).toEqual([1_004, null, null, 1_007]);
});

test("nothing is followed that nobody sees; then from where the log is", async () => {
  const log = await opened();
  watched.value = false;
  expect(net.streams).toHaveLength(0);
  net.last = 50_000;
  watched.value = true;
  await vi.waitFor(() => expect(net.streams).toHaveLength(1));
  expect([log.rows.value, net.streams[0]?.variables()["after"]]).toEqual([50_000, 50_000]);
  log.close();
  expect(net.streams).toHaveLength(0);
});

test("a log that runs away is caught up with at its end", async () => {
  const log = await opened();
  net.last = 900_000;
  for (let i = 0; i < 8; i++) net.streams[0]?.next(batch(1_001 + i * 10, 1_010 + i * 10, false));
  await vi.waitFor(() => expect(log.rows.value).toBe(900_000));
  expect(net.streams.map((one) => one.variables()["after"])).toEqual([900_000]);
});

test("an ended log is not followed until the task is tried again", async () => {
  const final = signal(true);
  const log = await opened(final);
  expect([log.standing.value, net.streams.length]).toEqual(["ended", 0]);
  final.value = false;
  await vi.waitFor(() => expect(net.streams).toHaveLength(1));
  expect(log.standing.value).toBe("open");
  net.streams[0]?.complete?.();
  expect(log.standing.value).toBe("ended");
});

test("another log under the same id is begun anew", async () => {
  const log = await opened();
  net.streams[0]?.next(batch(1_001, 1_003));
  net.last = 5;
  net.streams[0]?.next({ taskLog: { lines: [], cursor: 5, caughtUp: true, gap: { reason: "REPLACED" } } });
  await vi.waitFor(() => expect(log.rows.value).toBe(5));
  expect(log.row(0)).toBe(undefined);
});

test("what fails is said, and can be tried again", async () => {
  net.failing = true;
  const log = await opened();
  expect([log.standing.value, log.failure.value]).toEqual(["failed", "The server cannot be reached"]);
  net.failing = false;
  log.again();
  await vi.waitFor(() => expect(log.standing.value).toBe("open"));
  expect([log.failure.value, log.rows.value]).toEqual(["", 1_000]);
});

test("what failed is tried again when the server is reached again", async () => {
  connection.value = "lost";
  net.failing = true;
  const log = await opened();
  net.failing = false;
  connection.value = "live";
  await vi.waitFor(() => expect(log.standing.value).toBe("open"));
});
