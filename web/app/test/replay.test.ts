// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Gone, Replay } from "../src/state/replay";
import { Player } from "../src/state/player";
import { type Recording, recording, serve } from "./recorded";

const attempts = [1001, 1002].map((timelineId, i) => ({ number: i + 1, timelineId, status: "FAILED" as const, startedAt: null, finishedAt: null }));
const retried = recording("retry");
const second = retried.events.find((event) => event.attempt === 2)!.version;
const last = retried.events.length;
/** So many contents make the smallest pages: 20 events each. */
const many = 3_000;

let replay: Replay;
beforeEach(() => void (replay = new Replay("1")));
afterEach(() => {
  replay.dispose();
  vi.unstubAllGlobals();
});

/** What waits is told when nothing is on its way any more. */
const settled = () => vi.waitFor(() => expect([replay.loading.value, replay.replayed.value?.version ?? 0]).toEqual([false, replay.position.value]));

const state = (version: number) => retried.states.find((one) => one.version === version);

describe("a replay", () => {
  test("of the current attempt begins as now, and goes to any of its events", async () => {
    const asked = serve(retried);
    await replay.choose(attempts[1]!, undefined, 3);
    expect([replay.range.value?.first, replay.range.value?.last, replay.position.value, replay.replayed.value]).toEqual([second, last, 0, null]);
    replay.seek(Infinity);
    await settled();
    expect(replay.replayed.value).toEqual(state(last));
    replay.seek(second);
    expect(replay.replayed.value).toEqual(state(second));
    expect(asked).toHaveLength(2);
    replay.now();
    expect([replay.position.value, replay.replayed.value]).toEqual([0, null]);
  });

  test("of an earlier attempt shows how it ended", async () => {
    serve(retried);
    await replay.choose(attempts[0]!, attempts[1], 3);
    await settled();
    expect(replay.position.value).toBe(second - 1);
    expect(replay.replayed.value).toEqual(state(second - 1));
  });

  test("reads pages around the position alone, and folds from one to the next", async () => {
    const asked = serve(retried);
    await replay.choose(attempts[0]!, attempts[1], many);
    await settled();
    const pages = () => asked.filter(({ query }) => query.includes("ReplayPage")).map(({ variables: v }) => [v["after"], v["snapshot"]]);
    expect(pages()).toEqual([["1:20", true]]);
    replay.seek(1);
    await settled();
    replay.seek(25);
    expect(replay.loading.value).toBe(false);
    expect(pages()).toEqual([["1:20", true], ["1:0", true]]);
    await replay.choose(attempts[1]!, undefined, many);
    replay.seek(second);
    await settled();
    replay.seek(second + 20);
    await settled();
    expect(pages().slice(2)).toEqual([[`1:${second - 1}`, true], [`1:${second + 19}`, false]]);
    expect(replay.replayed.value).toEqual(state(second + 20));
  });

  test("goes to where it was last told while it was reading", async () => {
    const asked = serve(retried);
    await replay.choose(attempts[0]!, attempts[1], many);
    await settled();
    for (const number of [1, 2, 3, 22, 5]) replay.seek(number);
    await settled();
    expect(replay.replayed.value?.version).toBe(5);
    expect(asked.filter(({ variables: v }) => v["after"] === "1:0")).toHaveLength(1);
  });

  test("keeps within the attempt, which grows", async () => {
    serve(retried);
    await replay.choose(attempts[1]!, undefined, 3);
    replay.seek(-5);
    expect(replay.position.value).toBe(second);
    replay.grow(last + 3);
    replay.grow(last + 1);
    expect(replay.range.value?.last).toBe(last + 3);
    await settled();
  });

  test("says that events are gone, and shows nothing else instead", async () => {
    serve({ events: retried.events, states: [] });
    await replay.choose(attempts[1]!, undefined, 3);
    replay.seek(last);
    await vi.waitFor(() => expect(replay.failure.value).toBeInstanceOf(Gone));
    expect([replay.replayed.value, replay.loading.value]).toEqual([null, false]);
    serve(retried);
    replay.seek(last);
    await settled();
    expect([replay.failure.value, replay.replayed.value?.version]).toEqual([null, last]);
  });

  test("says that the server cannot be reached", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no network")));
    await replay.choose(attempts[1]!, undefined, 3);
    expect(replay.failure.value).toMatchObject({ code: "NETWORK" });
    expect(replay.range.value).toBeNull();
  });
});

test("an attempt of 100,000 events is read where it is looked at, and little of it is kept", async () => {
  const asked = serve(long(100_000));
  await replay.choose({ ...attempts[0]!, timelineId: 1 }, undefined, 1);
  const reads = () => asked.filter(({ query }) => query.includes("ReplayPage")).length;
  for (let number = 1; number < 100_000; number += 4_000) {
    replay.seek(number);
    await settled();
    expect(replay.replayed.value).toMatchObject({ version: number, progress: progressAt(number) });
  }
  expect(reads()).toBe(25);
  replay.seek(96_001);
  expect(replay.loading.value).toBe(false);
  // The first page has made room for later ones.
  replay.seek(1);
  expect(replay.loading.value).toBe(true);
  await settled();
  expect(reads()).toBe(26);
});

const progressAt = (version: number) => (version === 1 ? 0 : version / 2_000);

/** A recording of one content that reports its progress again and again; its states are made when they are asked for. */
function long(count: number): Recording {
  const at = "2026-01-02T03:04:05.000Z";
  const head = { at, attempt: 1, timelineId: 1 };
  const content = { id: "1-1-1", message: "", status: "RUNNING", isProgressAvailable: true, progress: 0, startTime: at, finishTime: null } as const;
  const step = (progress: number) => [{ id: "1-1", description: "", status: "RUNNING", progress, startTime: at, finishTime: null, contents: [{ ...content, progress }] }] as const;
  const events = Array.from({ length: count }, (_, i) =>
    i === 0
      ? { __typename: "PlanChanged" as const, version: 1, ...head, steps: step(0) }
      : { __typename: "ContentChanged" as const, version: i + 1, ...head, contentId: "1-1-1", status: "RUNNING" as const, progress: progressAt(i + 1), message: "" },
  );
  const state = (version: number) => ({
    version, updatedAt: at, attempt: 1, timelineId: 1, status: "RUNNING" as const, progress: progressAt(version), startedAt: at, finishedAt: null, steps: step(progressAt(version)),
  });
  return { events, states: Array.from({ length: count / 500 }, (_, i) => state(i * 500 + 1)) };
}

describe("playing", () => {
  let player: Player;
  const elapsed = Date.parse(retried.events.at(-1)!.at) - Date.parse(retried.events[second - 1]!.at);
  beforeEach(async () => {
    serve(retried);
    await replay.choose(attempts[1]!, undefined, 3);
    player = new Player(replay, () => elapsed);
    player.play();
    await settled();
  });
  afterEach(() => player.dispose());

  const since = () => player.clock.value - Date.parse(retried.events[second - 1]!.at);

  test("begins at the beginning and shows each event when it came", () => {
    expect([replay.position.value, since(), player.playing.value]).toEqual([second, 0, true]);
    player.speed.value = "1";
    for (let passed = 0; passed < 2_900; passed += 100) player.advance(100);
    const until = retried.events.filter((event) => Date.parse(event.at) <= player.clock.value).at(-1)!;
    expect(since()).toBe(2_900);
    expect(replay.position.value).toBe(until.version);
  });

  test("waits three seconds at an event at most", () => {
    player.speed.value = "1";
    const next = replay.timeOf(second + 1)! - replay.timeOf(second)!;
    expect(next).toBeLessThan(3_000);
    player.advance(2_999);
    expect(replay.position.value).toBeGreaterThan(second);
    const stayed = replay.position.value;
    player.advance(0);
    expect(replay.position.value).toBe(stayed);
    const wait = retried.events.find((event, i) => i >= second && Date.parse(event.at) - Date.parse(retried.events[i - 1]!.at) > 2_000);
    replay.seek(wait!.version - 1);
    player.speed.value = "fit";
    player.advance(3_000);
    expect(replay.position.value).toBeGreaterThanOrEqual(wait!.version);
  });

  test("fits an attempt into ten seconds, and stops at its end", () => {
    player.speed.value = "fit";
    for (let passed = 0; passed < 10_000; passed += 100) player.advance(100);
    expect(replay.position.value).toBe(last);
    player.advance(100);
    expect(player.playing.value).toBe(false);
    expect(replay.replayed.value).toEqual(state(last));
  });

  test("goes on from where it is moved by hand, and stops when that is now", () => {
    replay.seek(last - 1);
    expect(player.clock.value).toBe(replay.timeOf(last - 1));
    replay.now();
    player.advance(100);
    expect(player.playing.value).toBe(false);
  });
});
