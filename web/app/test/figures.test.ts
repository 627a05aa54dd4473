// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { readQuery } from "../src/layout/listquery";

const server = vi.hoisted(() => ({ asked: [] as Record<string, unknown>[], failing: false }));

vi.mock("../src/api/graphql", async (original) => ({
  ...(await original<object>()),
  request: async (_: string, variables: Record<string, unknown>) => {
    server.asked.push(variables);
    if (server.failing) throw new Error("away");
    const throughput = [{ from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:01:00Z", submitted: 1, submittedExact: true, ended: [] }];
    return { taskCounts: [{ status: "FAILED", count: server.asked.length, exact: true }], ...(variables["hour"] ? { throughput } : {}) };
  },
}));

const { watched } = await import("../src/api/live");
const { Figures } = await import("../src/state/figures");
const of = (search: string) => readQuery(new URLSearchParams(search));

let figures = new Figures();

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime("2026-01-02");
  Object.assign(server, { asked: [], failing: false });
  watched.value = true;
  figures = new Figures();
});

afterEach(() => {
  figures.end();
  vi.useRealTimers();
});

test("counts are of all statuses, and are asked for again; the hour once a minute", async () => {
  figures.show(of("status=FAILED&owner=ann"));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(server.asked).toEqual([
    { filter: { owner: "ann" }, owner: "ann", hour: true },
    { filter: { owner: "ann" }, owner: "ann", hour: false },
  ]);
  expect(figures.counts.value.get("FAILED")?.count).toBe(2);
  expect(figures.hour.value).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(55_000);
  expect(server.asked.filter((variables) => variables["hour"])).toHaveLength(2);
  figures.show(of("owner=bob"));
  await vi.advanceTimersByTimeAsync(0);
  expect(server.asked.at(-1)).toEqual({ filter: { owner: "bob" }, owner: "bob", hour: true });
});

test("nothing is asked while nobody looks, and at once when somebody does again", async () => {
  figures.show(of(""));
  await vi.advanceTimersByTimeAsync(0);
  watched.value = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toHaveLength(1);
  watched.value = true;
  await vi.advanceTimersByTimeAsync(0);
  expect(server.asked).toHaveLength(2);
});

test("old counts are not shown as new ones", async () => {
  figures.show(of(""));
  await vi.advanceTimersByTimeAsync(0);
  server.failing = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(figures.counts.value.size).toBe(0);
  server.failing = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(figures.counts.value.size).toBe(1);
});

test("what is over asks for nothing more", async () => {
  figures.show(of(""));
  await vi.advanceTimersByTimeAsync(0);
  figures.end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toHaveLength(1);
});
