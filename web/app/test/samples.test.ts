// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { now } from "../src/state/clock";
import { SampleStore } from "../src/state/samples";

const sample = { at: "2026-01-02T03:04:05.000Z", cpuPercent: 50, rssBytes: 1, processes: 1, outputBytes: 0 };
let asked = 0;
let store: SampleStore;
let close = () => {};
const runs = signal(true);

beforeEach(() => {
  asked = 0;
  runs.value = true;
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ data: { task: { resourceSamples: Array(++asked).fill(sample) } } })));
  store = new SampleStore("1", null);
  close = store.open(() => runs.value);
});
afterEach(() => {
  close();
  vi.unstubAllGlobals();
});

const read = (count: number) => vi.waitFor(() => expect(store.samples.value).toHaveLength(count));

test("are read at once, every five seconds while the attempt runs, and at its end", async () => {
  await read(1);
  now.value += 4_000;
  expect(asked).toBe(1);
  now.value += 1_000;
  await read(2);
  runs.value = false;
  await read(3);
  now.value += 60_000;
  expect(asked).toBe(3);
});

test("stay when they cannot be read anew, and it says so", async () => {
  await read(1);
  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no network")));
  await store.load();
  expect([store.failure.value, store.samples.value]).toMatchObject([{ code: "NETWORK" }, [sample]]);
});

test("are not asked for any more once nobody looks", async () => {
  await read(1);
  close();
  now.value += 60_000;
  expect(asked).toBe(1);
});
