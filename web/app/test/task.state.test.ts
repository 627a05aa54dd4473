// @vitest-environment happy-dom
import { effect } from "@preact/signals";
import { afterEach, beforeEach, expect, test } from "vitest";

import { Refusal, server, until } from "./fakeserver";
import type { ContentShot, StepShot, TaskExtras, TaskShot } from "../src/api/types";
import { announcement } from "../src/state/announce";
import { control, obstacle } from "../src/state/control";
import { viewer } from "../src/state/session";
import { taskStore, type TaskStore } from "../src/state/task";

const content = (id: string, changes: Partial<ContentShot> = {}): ContentShot => ({
  id, message: `content ${id}`, status: "RUNNING", isProgressAvailable: true, progress: 10, runType: "shell",
  exitCode: null, startTime: null, finishTime: null, error: null, ...changes,
});

const step = (id: string, contents: ContentShot[], changes: Partial<StepShot> = {}): StepShot => ({
  id, description: `step ${id}`, status: "RUNNING", progress: 10, startTime: null, finishTime: null, contents, ...changes,
});

const shot = (version: number, changes: Partial<TaskShot> = {}): TaskShot => ({
  id: "7", description: "Copy", status: "RUNNING", progress: 10, etaSeconds: 60, owner: "ann", labels: [], priority: 0,
  createdAt: "2026-01-01T00:00:00.000Z", startAfter: null, timeoutSeconds: null, startedAt: "2026-01-01T00:00:01.000Z",
  finishedAt: null, updatedAt: "2026-01-01T00:00:02.000Z", stalledSince: null, attempt: 1, maxAttempts: 1, version,
  error: null, endedBy: null, steps: [step("7-1", [content("7-1-1"), content("7-1-2")])], ...changes,
});

const extras: TaskExtras = { execId: "exec_7", variables: null, waitingFor: null, attempts: [], results: [] };

/** What the server has; queries read it. */
let stored: TaskShot;
let store: TaskStore;
let close: () => void;
let effects: (() => void)[];

beforeEach(() => {
  server.reset();
  stored = shot(1);
  server.answer = () => ({ task: { ...stored, ...extras } });
  viewer.value = { name: "ann", role: "MEMBER" };
  announcement.value = "";
  effects = [];
  store = taskStore("7");
  close = store.open();
});

afterEach(() => {
  for (const stop of effects) stop();
  close();
});

const shown = () => until(() => expect(store.phase.value).toBe("shown"));

/** Counts how often a signal changed. */
function changes(read: () => unknown): () => number {
  let n = -1;
  effects.push(effect(() => {
    read();
    n++;
  }));
  return () => n;
}

test("a tick changes what it is about, and nothing else", async () => {
  await shown();
  const [first, second] = store.steps.value[0]!.contents.value;
  const seen = {
    head: changes(() => store.head.value),
    steps: changes(() => store.steps.value),
    stepState: changes(() => store.steps.value[0]!.state.value),
    counts: changes(() => store.steps.value[0]!.counts.value),
    progress: changes(() => store.progress.value),
    first: changes(() => first!.progress.value),
    firstState: changes(() => first!.state.value),
    second: changes(() => second!.progress.value),
  };
  const stream = await server.subscription("taskProgress");
  stream.next({ taskProgress: shot(2, { progress: 15, steps: [step("7-1", [content("7-1-1", { progress: 20 }), content("7-1-2")])] }) });
  await until(() => expect(first!.progress.value).toBe(20));
  expect(Object.fromEntries(Object.entries(seen).map(([name, n]) => [name, n()]))).toEqual({
    head: 0, steps: 0, stepState: 0, counts: 0, progress: 1, first: 1, firstState: 0, second: 0,
  });
  expect(store.steps.value[0]!.contents.value[0]).toBe(first);
});

test("what is older than what is shown changes nothing", async () => {
  await shown();
  const stream = await server.subscription("taskProgress");
  stream.next({ taskProgress: shot(5, { progress: 50 }) });
  stream.next({ taskProgress: shot(4, { progress: 40 }) });
  stream.next({ taskProgress: shot(6, { description: "Last" }) });
  await until(() => expect(store.head.value?.description).toBe("Last"));
  expect(store.version.value).toBe(6);
  store.take(shot(3, { progress: 30, description: "Old" }));
  expect(store.head.value?.description).toBe("Last");
});

test("steps and contents that come and go keep the others as they are", async () => {
  await shown();
  const kept = store.steps.value[0]!.contents.value[1]!;
  store.take(shot(2, { steps: [step("7-1", [content("7-1-2"), content("7-1-3")]), step("7-2", [content("7-2-1")])] }));
  expect(store.steps.value.map((one) => one.contents.value.map(({ id }) => id))).toEqual([["7-1-2", "7-1-3"], ["7-2-1"]]);
  expect(store.steps.value[0]!.contents.value[0]).toBe(kept);
});

test("a progress of which nothing is known is none", async () => {
  await shown();
  const progress = (changes: Partial<ContentShot>) => {
    store.take(shot(store.version.value + 1, { steps: [step("7-1", [content("7-1-1", changes)])] }));
    return store.steps.value[0]!.contents.value[0]!.progress.value;
  };
  expect(progress({ isProgressAvailable: false, progress: 0 })).toBeNull();
  expect(progress({ isProgressAvailable: true, progress: 0 })).toBe(0);
  expect(progress({ isProgressAvailable: false, progress: 0, status: "FAILED" })).toBeNull();
  expect(progress({ isProgressAvailable: false, progress: 100, status: "SUCCEEDED" })).toBe(100);
});

test("the end brings results, and a new attempt is followed, whoever asked for it", async () => {
  await shown();
  const running = await server.subscription("taskProgress");
  stored = shot(8, { status: "FAILED" });
  const results = [{ id: "7-r1", name: "rows", contentType: "text/csv", bytes: 9, rows: 1, url: "/results/7-r1" }];
  server.answer = () => ({ task: { ...stored, ...extras, results } });
  running.next({ taskProgress: stored });
  running.complete();
  await until(() => expect(store.extras.value?.results).toEqual(results));
  expect(announcement.value).toBe("The task is now: Failed");

  const waiting = await server.subscription("taskChanges");
  expect(waiting.variables).toEqual({ id: "7" });
  stored = shot(9, { status: "WAITING", attempt: 2 });
  waiting.next({ taskChanges: { task: { id: "7", version: 9 } } });
  const again = await server.subscription("taskProgress");
  await until(() => expect(server.subscriptions).toHaveLength(1));
  again.next({ taskProgress: shot(10, { attempt: 2, progress: 1 }) });
  await until(() => expect(store.progress.value).toBe(1));
  expect(store.head.value?.attempt).toBe(2);
});

test("a retry while the connection was lost is noticed", async () => {
  stored = shot(8, { status: "FAILED" });
  await store.reload();
  await server.subscription("taskChanges");
  const before = server.requests.length;
  stored = shot(9, { status: "RUNNING", attempt: 2 });
  for (const socket of server.sockets) socket.close(1012);
  await server.subscription("taskProgress");
  expect(store.head.value?.attempt).toBe(2);
  expect(server.requests.length).toBe(before + 1);
});

test("ticks are not announced", async () => {
  await shown();
  store.take(shot(2, { progress: 11 }));
  expect(announcement.value).toBe("");
  store.take(shot(3, { status: "PAUSING" }));
  expect(announcement.value).toBe("The task is now: Pausing");
});

test("a task that is not there is missing, also when it goes later", async () => {
  close();
  server.answer = () => ({ task: null });
  store = taskStore("8");
  close = store.open();
  await until(() => expect(store.phase.value).toBe("missing"));

  close();
  server.answer = () => ({ task: { ...stored, ...extras } });
  store = taskStore("7");
  close = store.open();
  (await server.subscription("taskProgress")).refuse("NOT_FOUND", "no task 7");
  await until(() => expect(store.phase.value).toBe("missing"));
});

test("a reading that fails says why, and can be tried again", async () => {
  close();
  server.answer = () => {
    throw new Error("no route");
  };
  store = taskStore("7");
  close = store.open();
  await until(() => expect(store.phase.value).toBe("failed"));
  expect(store.trouble.value).toBe("The server cannot be reached");
  server.answer = () => ({ task: { ...stored, ...extras } });
  await store.reload();
  expect(store.phase.value).toBe("shown");
  expect(store.trouble.value).toBeNull();
});

test("a stream that ends before the task is told of", async () => {
  await shown();
  (await server.subscription("taskProgress")).complete();
  await until(() => expect(store.trouble.value).toMatch(/ended the stream/));
  await store.reload();
  expect(store.trouble.value).toBeNull();
  await server.subscription("taskProgress");
});

test("what is asked for while a reading is under way is read afterwards, once", async () => {
  await shown();
  const before = server.requests.length;
  const all = [store.reload(), store.reload(), store.reload()];
  await Promise.all(all);
  expect(server.requests.length - before).toBe(2);
});

test("closing ends the stream, and what comes later changes nothing", async () => {
  await shown();
  await server.subscription("taskProgress");
  let answer = (_: unknown) => {};
  server.answer = () => new Promise((resolve) => (answer = resolve));
  const late = store.reload();
  close();
  await until(() => expect(server.subscriptions).toEqual([]));
  answer({ task: { ...shot(2), ...extras } });
  await late;
  expect(store.version.value).toBe(1);
});

test("a place in the queue is asked for without the rest", async () => {
  await shown();
  server.answer = () => ({ task: { waitingFor: { reason: "QUEUE", position: 3, until: null } } });
  await store.reloadWaiting();
  expect(store.extras.value).toEqual({ ...extras, waitingFor: { reason: "QUEUE", position: 3, until: null } });
});

test("what went wrong once is forgotten when all was read again", async () => {
  await shown();
  server.answer = () => new Refusal("UNAVAILABLE", "the database is away");
  await store.reloadWaiting();
  expect(store.trouble.value).toBe("the database is away");
  server.answer = () => ({ task: { ...stored, ...extras } });
  await store.reloadWaiting();
  expect(store.trouble.value).toBeNull();
});

test("an action shows the task as the server answers", async () => {
  await shown();
  server.answer = () => ({ answer: { task: shot(2, { status: "CANCELLING" }), userErrors: [] } });
  expect(await control(store, "cancel")).toBeNull();
  expect(store.head.value?.status).toBe("CANCELLING");
  expect(server.requests.at(-1)?.variables).toEqual({ input: { id: "7", ifVersion: null } });
});

test.each([
  [{ code: "WRONG_STATE", message: "a task that is SUCCEEDED cannot be cancelled", retryAfterSeconds: null }, /SUCCEEDED cannot be cancelled/],
  [{ code: "CONFLICT", message: "the task has version 9, not 1", retryAfterSeconds: null }, /has changed since/],
  [{ code: "LIMIT", message: "too many", retryAfterSeconds: 10 }, /too many.*10 s/],
])("a refusal is told: %o", async (error, told) => {
  await shown();
  server.answer = () => ({ answer: { task: null, userErrors: [{ field: null, ...error }] } });
  expect(await control(store, "retry", 1)).toMatch(told);
  expect(server.requests.at(-1)?.variables).toEqual({ input: { id: "7", ifVersion: 1 } });
  expect(store.head.value?.status).toBe("RUNNING");
});

test("without an answer it is not known what was done, and an error is told", async () => {
  await shown();
  server.answer = () => {
    throw new Error("gone");
  };
  expect(await control(store, "pause")).toMatch(/not known whether/);
  server.answer = () => new Refusal("UNAVAILABLE", "the database is away");
  expect(await control(store, "pause")).toMatch(/the database is away/);
});

test("what stands in the way of an action", async () => {
  await shown();
  expect(obstacle(store, "cancel")).toBeNull();
  expect(obstacle(store, "retry")).toMatch(/It is: Running/);
  viewer.value = { name: "bob", role: "MEMBER" };
  expect(obstacle(store, "cancel")).toMatch(/role MEMBER.*tasks of ann/);
  viewer.value = { name: "bob", role: "OPERATOR" };
  expect(obstacle(store, "cancel")).toBeNull();
  viewer.value = null;
  expect(obstacle(store, "cancel")).not.toBeNull();
});
