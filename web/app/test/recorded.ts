import { readFileSync } from "node:fs";
import { join } from "node:path";

import { vi } from "vitest";

import type { ReplayEvent, ReplayState } from "../src/state/fold";

/** What a server recorded of a task: all its events, and how it said that the task was after some of them. */
export interface Recording {
  events: ReplayEvent[];
  states: ReplayState[];
}

/**
 * Recordings of real runs: an attempt that failed and one that succeeded, a script that declared its
 * steps, a task that was paused and went on.
 */
export const recordings = ["retry", "steps", "pause"] as const;

export function recording(name: (typeof recordings)[number]): Recording {
  return JSON.parse(readFileSync(join(import.meta.dirname, `fixtures/replay-${name}.json`), "utf8"));
}

const attemptsOf = ({ events }: Recording) =>
  [...new Set(events.map((event) => event.attempt))].map((number) => {
    const own = events.filter((event) => event.attempt === number);
    const started = own.find((event) => event.__typename === "TaskStatusChanged" && event.to === "RUNNING");
    return { number, timelineId: own[0]!.timelineId, status: "SUCCEEDED", startedAt: started?.at ?? null, finishedAt: own.at(-1)!.at };
  });

/** A server at the network seam that answers from a recording, as `task.events` and `task(at:)` do. */
export function serve(recorded: Recording) {
  const { events, states } = recorded;
  const asked: { query: string; variables: Record<string, unknown> }[] = [];
  const number = (cursor: unknown) => Number(String(cursor).split(":")[1]);
  const answer = (query: string, v: Record<string, unknown>) => {
    const head = (timelineId: unknown) => ({ events: events.filter((event) => event.timelineId === timelineId).slice(0, 1) });
    if (query.includes("ReplayRange")) {
      return { task: { version: events.length, first: head(v["timelineId"]), ...(v["hasNext"] ? { next: head(v["next"]) } : {}) } };
    }
    if (query.includes("TimelineAttempts")) return { task: { attempts: attemptsOf(recorded) } };
    const after = v["after"] === null ? 0 : number(v["after"]);
    if (query.includes("StatusChanges")) {
      const own = events.filter((event) => event.timelineId === v["timelineId"] && event.version > after);
      return { task: { events: { events: own, cursor: `1:${own.at(-1)?.version ?? after}`, caughtUp: true, gap: null } } };
    }
    const snapshot = states.find((state) => state.version === number(v["at"])) ?? null;
    return {
      ...(v["snapshot"] ? { snapshot } : {}),
      task: { version: events.length, events: { events: events.slice(after, after + Number(v["first"])), gap: null } },
    };
  };
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    const request = JSON.parse(String(init.body));
    asked.push(request);
    return new Response(JSON.stringify({ data: answer(request.query, request.variables) }));
  });
  return asked;
}
