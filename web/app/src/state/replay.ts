import { type ReadonlySignal, signal } from "@preact/signals";

import * as operations from "../api/operations.timeline";
import type { Status } from "../api/types";
import { fold, type ReplayEvent, type ReplayState } from "./fold";
import { ask } from "./session";

/** An attempt as the task tells of it. */
export interface Attempt {
  number: number;
  timelineId: number;
  status: Status;
  startedAt: string | null;
  finishedAt: string | null;
}

/** The numbers of the first and the last event of an attempt, and when the first was recorded. */
export interface EventRange {
  first: number;
  last: number;
  begin: string;
}

/** Events that follow each other, and the task as it was after the first of them. */
interface Page {
  start: ReplayState;
  events: readonly ReplayEvent[];
}

/** A page has as many events as may tell of this many contents, within these bounds. */
const contentsPerPage = 60_000;
const leastEvents = 20;
const mostEvents = 500;
/** How many pages are kept; what was shown longest ago goes first. */
const mostPages = 20;

/**
 * Replays the recorded events of a task. An attempt may have any number of events: only pages
 * around the position are read, each beginning with the task as the server says that it was after
 * the first event of the page. Every event can be gone to, and what is shown of it is exact but
 * for what `fold` says of a content's times.
 *
 * `seek` says where to go, and `replayed` follows when the events are there: until then
 * `position` is ahead of it, and `loading` or `failure` says so.
 */
export class Replay {
  readonly #replayed = signal<ReplayState | null>(null);
  readonly #position = signal(0);
  readonly #attempt = signal<Attempt | null>(null);
  readonly #range = signal<EventRange | null>(null);
  readonly #loading = signal(false);
  readonly #failure = signal<unknown>(null);

  /** The task as it was after the event at the position; null is now. */
  readonly replayed: ReadonlySignal<ReplayState | null> = this.#replayed;
  /** The number of the event to show; 0 is now. */
  readonly position: ReadonlySignal<number> = this.#position;
  readonly attempt: ReadonlySignal<Attempt | null> = this.#attempt;
  /** Null until the server has told. */
  readonly range: ReadonlySignal<EventRange | null> = this.#range;
  readonly loading: ReadonlySignal<boolean> = this.#loading;
  /** Why the events could not be read; null while all is well. */
  readonly failure: ReadonlySignal<unknown> = this.#failure;

  #pages = new Map<number, Page>();
  #size = mostEvents;
  #abort = new AbortController();
  #reading: Promise<void> | null = null;

  constructor(readonly taskId: string) {}

  /**
   * Chooses an attempt; `next` is the one after it, if any, and `contents` how many the task has.
   * An earlier attempt is shown as it ended, the current one as it is now.
   */
  async choose(attempt: Attempt, next: Attempt | undefined, contents: number): Promise<void> {
    this.#abort.abort();
    const { signal: stop } = (this.#abort = new AbortController());
    this.#reading = null;
    this.#pages.clear();
    this.#size = Math.min(mostEvents, Math.max(leastEvents, Math.floor(contentsPerPage / Math.max(contents, 1))));
    this.#attempt.value = attempt;
    this.#range.value = null;
    this.#replayed.value = null;
    this.#position.value = 0;
    await this.#guarded(stop, async () => {
      const data = await ask<{ task: RangeAnswer | null }>(operations.replayRange, {
        id: this.taskId, timelineId: attempt.timelineId, next: next?.timelineId ?? 0, hasNext: next !== undefined,
      }, stop);
      const first = data.task?.first.events[0];
      if (!data.task || !first) throw new Gone();
      const after = data.task.next?.events[0];
      this.#range.value = { first: first.version, last: after ? after.version - 1 : data.task.version, begin: first.at };
    });
    if (next && !stop.aborted && this.#range.peek()) this.seek(Infinity);
  }

  /** The current attempt has got this version: its events go on to there. */
  grow(version: number): void {
    const range = this.#range.peek();
    if (range && version > range.last) this.#range.value = { ...range, last: version };
  }

  /** Shows the task as it was after an event; what lies beyond the attempt is its end. */
  seek(number: number): void {
    const range = this.#range.peek();
    if (!range) return;
    this.#failure.value = null;
    this.#position.value = Math.min(range.last, Math.max(range.first, Math.round(number)));
    this.#settle();
  }

  /** Goes back to now. */
  now(): void {
    this.#position.value = 0;
    this.#replayed.value = null;
    this.#failure.value = null;
  }

  /** When an event was recorded, in milliseconds since 1970; null while it is not loaded. */
  timeOf(number: number): number | null {
    const event = this.#event(number);
    return event ? Date.parse(event.at) : null;
  }

  /** Reads an event ahead, or what comes after its page, so that it is there when it is gone to. */
  prepare(number: number): void {
    const range = this.#range.peek();
    if (!range || this.#reading) return;
    const after = range.first + (this.#pageOf(number) + 1) * this.#size;
    const missing = this.#event(number) ? after : number;
    if (missing <= range.last && !this.#event(missing)) this.#load(missing);
  }

  /** Ends all requests. */
  dispose(): void {
    this.#abort.abort();
  }

  #event(number: number): ReplayEvent | undefined {
    const page = this.#pages.get(this.#pageOf(number));
    return page?.events[number - page.start.version];
  }

  #pageOf(number: number): number {
    return Math.floor((number - (this.#range.peek()?.first ?? 1)) / this.#size);
  }

  /** Shows what the position asks for, or reads it: one page at a time, and then what is asked for by then. */
  #settle(): void {
    const number = this.#position.peek();
    if (number === 0) return;
    const index = this.#pageOf(number);
    const page = this.#pages.get(index);
    if (page && number < page.start.version + page.events.length) {
      // Kept for longest, as it was shown last.
      this.#pages.delete(index);
      this.#pages.set(index, page);
      this.#replayed.value = stateAt(page, number, this.#replayed.peek());
    } else if (!this.#reading) {
      this.#load(number);
    }
  }

  #load(number: number): void {
    const stop = this.#abort.signal;
    const reading = this.#guarded(stop, () => this.#read(number, stop)).then((ok) => {
      if (this.#reading !== reading) return;
      this.#reading = null;
      if (ok) this.#settle();
    });
    this.#reading = reading;
  }

  async #read(number: number, stop: AbortSignal): Promise<void> {
    const index = this.#pageOf(number);
    const first = this.#range.peek()!.first + index * this.#size;
    const before = this.#pages.get(index - 1);
    const known = before && before.events.length === this.#size;
    const cursor = (event: number) => `${this.taskId}:${event}`;
    const { snapshot, task } = await ask<PageAnswer>(operations.replayPage, {
      id: this.taskId, after: cursor(first - 1), first: this.#size, at: cursor(first), snapshot: !known,
    }, stop);
    const events = task?.events.events ?? [];
    const head = events[0];
    if (!head || task?.events.gap || events.length <= number - first) throw new Gone();
    const start = known ? fold(stateAt(before, first - 1, null), head) : snapshot;
    if (!start) throw new Gone();
    this.#pages.delete(index);
    this.#pages.set(index, { start, events: interned(start, events) });
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) break;
      this.#pages.delete(oldest);
    }
  }

  /** Runs something that loads; says whether it did, and what went wrong unless it was called off. */
  async #guarded(stop: AbortSignal, load: () => Promise<void>): Promise<boolean> {
    this.#loading.value = true;
    this.#failure.value = null;
    try {
      await load();
      return !stop.aborted;
    } catch (failure) {
      if (!stop.aborted) this.#failure.value = failure;
      return false;
    } finally {
      if (!stop.aborted) this.#loading.value = false;
    }
  }
}

/** The events are not there any more, or the task is not. */
export class Gone extends Error {}

interface RangeAnswer {
  version: number;
  first: { events: { version: number; at: string }[] };
  next?: { events: { version: number; at: string }[] };
}

interface PageAnswer {
  snapshot?: ReplayState | null;
  task: { version: number; events: { events: ReplayEvent[]; gap: { reason: string } | null } } | null;
}

/** The state after an event of the page, folded from the one shown when that is on the way. */
function stateAt(page: Page, number: number, shown: ReplayState | null): ReplayState {
  const { version } = page.start;
  let state = shown && shown.version >= version && shown.version <= number ? shown : page.start;
  while (state.version < number) state = fold(state, page.events[state.version + 1 - version]!);
  return state;
}

/** The events, their plans sharing what does not change, so that a page with many plans stays small. */
function interned(start: ReplayState, events: readonly ReplayEvent[]): ReplayEvent[] {
  let state = start;
  return events.map((event, i) => {
    if (i > 0) state = fold(state, event);
    return event.__typename === "PlanChanged" ? { ...event, steps: state.steps } : event;
  });
}
