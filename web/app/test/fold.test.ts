import { describe, expect, test } from "vitest";

import { fold } from "../src/state/fold";
import { recording, recordings } from "./recorded";

describe.each(recordings)("the recording %s", (name) => {
  const { events, states } = recording(name);

  test("folds to what the server says, at each state that it told, and at the end", () => {
    let state = states[0]!;
    const told = new Map(states.map((one) => [one.version, one]));
    for (const event of events.slice(1)) {
      state = fold(state, event);
      const expected = told.get(event.version);
      if (expected) expect(state).toEqual(expected);
      told.delete(event.version);
    }
    expect([...told.keys()]).toEqual([1]);
    expect(state.version).toBe(events.length);
    expect(state.status).toBe("SUCCEEDED");
  });

  test("changes no state that was there before, and keeps what stays the same", () => {
    let state = states[0]!;
    for (const event of events.slice(1)) {
      const before = JSON.stringify(state);
      const next = fold(state, event);
      expect(JSON.stringify(state)).toBe(before);
      if (event.__typename === "ContentChanged") {
        const was = state.steps.flatMap((step) => step.contents);
        const fresh = next.steps.flatMap((step) => step.contents).filter((content) => !was.includes(content));
        expect(fresh.map((content) => content.id)).toEqual([event.contentId]);
      }
      state = next;
    }
  });
});

test("a content that was never started has no times; one reported as over at once has both", () => {
  const [state] = recording("retry").states;
  const event = { __typename: "ContentChanged", version: 2, at: "2026-01-01T00:00:00.000Z", attempt: 1, timelineId: 1001, progress: 0, message: "" } as const;
  const first = (after: ReturnType<typeof fold>) => after.steps[0]!.contents[0]!;
  const skipped = first(fold(state!, { ...event, contentId: "1-1-1", status: "SKIPPED" }));
  expect([skipped.startTime, skipped.finishTime]).toEqual([null, null]);
  const done = first(fold(state!, { ...event, contentId: "1-1-1", status: "SUCCEEDED", progress: 100 }));
  expect([done.startTime, done.finishTime, done.isProgressAvailable]).toEqual([event.at, event.at, false]);
  expect(fold(state!, { ...event, contentId: "1-9-9", status: "RUNNING" }).steps.map((step) => step.status)).toEqual(state!.steps.map((step) => step.status));
});
