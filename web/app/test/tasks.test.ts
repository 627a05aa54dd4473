// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { StreamOptions } from "../src/api/live";
import type { TaskChange, TaskPage, TaskRow } from "../src/api/types";
import { readQuery } from "../src/layout/listquery";

const server = vi.hoisted(() => ({
  page: null as unknown,
  asked: [] as Record<string, unknown>[],
  streams: [] as unknown[],
  failing: "",
}));

vi.mock("../src/api/graphql", async (original) => ({
  ...(await original<object>()),
  request: async (_: string, variables: Record<string, unknown>) => {
    server.asked.push(variables);
    if (server.failing) throw new Error(server.failing);
    return { tasks: server.page };
  },
}));

vi.mock("../src/api/live", async (original) => ({
  ...(await original<object>()),
  stream: (options: unknown) => {
    server.streams.push(options);
    return () => server.streams.splice(server.streams.indexOf(options), 1);
  },
}));

const { connection } = await import("../src/api/live");
const { TaskList } = await import("../src/state/tasks");

const task = (id: number, changes: Partial<TaskRow> = {}): TaskRow => ({
  id: String(id), description: `task ${id}`, status: "RUNNING", progress: 0, etaSeconds: null, owner: "ann", labels: [],
  createdAt: "2026-01-01T00:00:00Z", startedAt: null, finishedAt: null, updatedAt: "2026-01-01T00:00:00Z", stalledSince: null, version: 1, ...changes,
});

const page = (ids: number[], more: Partial<TaskPage["pageInfo"]> = {}): TaskPage => ({
  nodes: ids.map((id) => task(id)),
  pageInfo: { startCursor: `c${ids[0]}`, endCursor: `c${ids.at(-1)}`, hasNextPage: false, hasPreviousPage: false, ...more },
  totalCount: ids.length,
  totalCountExact: true,
});

/** Sends changes down the stream and waits until they are shown. */
async function change(...changes: (Partial<TaskChange> & { task: TaskRow })[]) {
  for (const one of changes) {
    (server.streams[0] as StreamOptions<{ taskChanges: TaskChange }>).next({ taskChanges: { matches: true, resync: false, ...one } });
  }
  await vi.advanceTimersByTimeAsync(100);
}

const lists: InstanceType<typeof TaskList>[] = [];

async function shown(search: string, first: TaskPage) {
  server.page = first;
  const list = new TaskList();
  lists.push(list);
  list.show(readQuery(new URLSearchParams(search)));
  await vi.advanceTimersByTimeAsync(0);
  return list;
}

const ids = (list: InstanceType<typeof TaskList>) => list.rows.value.map((row) => Number(row.id));

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(server, { page: null, asked: [], streams: [], failing: "" });
  connection.value = "connecting";
});

afterEach(() => {
  for (const list of lists.splice(0)) list.end();
  vi.useRealTimers();
});

test("a change repaints its row alone, and never goes back", async () => {
  const list = await shown("", page([3, 2]));
  const rows = list.rows.value;
  await change({ task: task(2, { progress: 40, version: 7 }) }, { task: task(2, { progress: 30, version: 6 }) });
  expect(list.rows.value).toBe(rows);
  expect(rows[1]?.task.value.progress).toBe(40);
  await change({ task: task(2, { progress: 10, version: 5 }) });
  expect(rows[1]?.task.value.progress).toBe(40);
  expect(server.asked).toHaveLength(1);
});

test("a new task comes at the top of the first page, and the page is read again once", async () => {
  const list = await shown("", page([3, 2]));
  await change({ task: task(4) }, { task: task(5) });
  expect(ids(list)).toEqual([5, 4, 3, 2]);
  server.page = page([5, 4, 3, 2]);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(server.asked).toHaveLength(2);
  expect(list.total.value?.count).toBe(4);
});

test("elsewhere new tasks are offered, and no more when they match no longer", async () => {
  const list = await shown("after=x", page([3, 2], { hasPreviousPage: true }));
  await change({ task: task(4) }, { task: task(5) });
  expect(ids(list)).toEqual([3, 2]);
  expect(list.newer.value).toBe(2);
  await change({ task: task(4, { version: 2 }), matches: false });
  expect(list.newer.value).toBe(1);
});

test("what matches no longer says so, and leaves with the next reading", async () => {
  const list = await shown("status=RUNNING", page([3, 2]));
  await change({ task: task(3, { status: "FAILED", version: 2 }), matches: false });
  expect(ids(list)).toEqual([3, 2]);
  expect(list.rows.value[0]?.out.value).toBe(true);
  server.page = page([2]);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(ids(list)).toEqual([2]);
});

test("nothing moves under a pointer; what was kept back is shown when it leaves", async () => {
  const list = await shown("", page([3, 2]));
  list.hold(true);
  await change({ task: task(4) }, { task: task(3, { status: "FAILED", version: 2 }) });
  server.page = page([4, 3, 2]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ids(list)).toEqual([3, 2]);
  expect(list.newer.value).toBe(1);
  expect(list.rows.value[0]?.task.value.status).toBe("FAILED");
  list.hold(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(ids(list)).toEqual([4, 3, 2]);
  expect(list.newer.value).toBe(0);
});

test("a reading that is older than a change does not take it back", async () => {
  const list = await shown("", page([3, 2]));
  await change({ task: task(3, { progress: 90, version: 9 }) });
  await list.read();
  expect(list.rows.value[0]?.task.value.progress).toBe(90);
});

test("a resync, and a connection that stands again, read the page again", async () => {
  const list = await shown("", page([3]));
  server.page = page([4, 3]);
  await change({ task: task(3, { version: 2 }), resync: true });
  expect(ids(list)).toEqual([4, 3]);
  const before = server.asked.length;
  connection.value = "live";
  await vi.advanceTimersByTimeAsync(400);
  expect(server.asked).toHaveLength(before + 1);
  connection.value = "lost";
  const since = Date.now();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(list.asOf.value).toBe(since);
  expect(server.asked).toHaveLength(before + 1);
});

test("a failure is told and keeps what was shown", async () => {
  const list = await shown("", page([3]));
  server.failing = "down";
  await list.read();
  expect(list.failure.value).toBe("down");
  expect(ids(list)).toEqual([3]);
  server.failing = "";
  await list.read();
  expect(list.failure.value).toBe(null);
});

test("paging after new tasks came asks for cursors of what is shown", async () => {
  const list = await shown("", page([3, 2], { hasNextPage: true }));
  await change({ task: task(4) });
  server.page = page([4, 3], { hasNextPage: true });
  expect((await list.edges())?.endCursor).toBe("c3");
});

test("what is over asks for nothing more", async () => {
  const list = await shown("", page([3]));
  await change({ task: task(4) });
  list.end();
  connection.value = "live";
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.asked).toHaveLength(1);
  expect(server.streams).toHaveLength(0);
});
