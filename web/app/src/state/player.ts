import { effect, type ReadonlySignal, signal } from "@preact/signals";

import { watched } from "../api/live";
import type { Replay } from "./replay";

/** How fast a replay plays: times as fast as it was, or so that the attempt takes ten seconds. */
export const speeds = ["1", "10", "60", "fit"] as const;
export type Speed = (typeof speeds)[number];

/** How often a playing replay moves on, in milliseconds. */
const beat = 100;
/** How long it stays at one event at most, in milliseconds: a long wait is cut short. */
const longest = 3_000;
/** How long "fit" takes, in milliseconds. */
const fitted = 10_000;

/** Plays a replay: goes from event to event as they came. Stops at the end, and while nobody looks. */
export class Player {
  readonly #playing = signal(false);
  readonly #clock = signal(0);
  readonly playing: ReadonlySignal<boolean> = this.#playing;
  /** The instant that is shown, in milliseconds since 1970; it moves between events too. */
  readonly clock: ReadonlySignal<number> = this.#clock;
  readonly speed = signal<Speed>("10");

  #timer: ReturnType<typeof setInterval> | undefined;
  #last = 0;
  #stayed = 0;
  #stop: () => void;

  /** `elapsed` is how long the attempt took, or takes so far, in milliseconds. */
  constructor(
    readonly replay: Replay,
    readonly elapsed: () => number,
  ) {
    const unwatched = effect(() => {
      if (!watched.value) this.pause();
    });
    // The clock lies between the event that is shown and the next, also after a move by hand.
    const moved = effect(() => {
      const state = replay.replayed.value;
      if (!state) return;
      const at = Date.parse(state.updatedAt);
      const clock = this.#clock.peek();
      const next = replay.timeOf(state.version + 1);
      if (!this.#playing.peek() || clock < at || (next !== null && clock > next)) this.#clock.value = at;
    });
    this.#stop = () => (unwatched(), moved());
  }

  /** Plays from the position, or from the beginning when that is now or the end. */
  play(): void {
    const range = this.replay.range.peek();
    if (!range || this.#playing.peek()) return;
    const position = this.replay.position.peek();
    if (position === 0 || position >= range.last) this.replay.seek(range.first);
    this.#playing.value = true;
    this.#last = performance.now();
    this.#stayed = 0;
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.advance(now - this.#last);
      this.#last = now;
    }, beat);
  }

  pause(): void {
    clearInterval(this.#timer);
    this.#playing.value = false;
  }

  /** Moves on by so many milliseconds of the reader's time. */
  advance(passed: number): void {
    const { replay } = this;
    const state = replay.replayed.peek();
    const range = replay.range.peek();
    if (replay.failure.peek() !== null || replay.position.peek() === 0 || !range) return this.pause();
    // Playing waits for what is not loaded, rather than to leave it out.
    if (state?.version !== replay.position.peek()) return;
    if (state.version >= range.last) return this.pause();
    replay.prepare(state.version + 1);
    const following = replay.timeOf(state.version + 1);
    if (following === null) return;
    this.#stayed += passed;
    const clock = this.#clock.peek() + passed * this.#factor();
    this.#move(state.version, this.#stayed < longest ? clock : Math.max(clock, following), range.last);
  }

  /** Goes to the last event that was recorded by then. */
  #move(version: number, clock: number, last: number): void {
    let next = version;
    let at: number | null = null;
    while (next < last && (at = this.replay.timeOf(next + 1)) !== null && at <= clock) next++;
    // Beyond what is loaded nobody knows how long the wait is.
    const unknown = next < last && at === null;
    this.#clock.value = unknown ? (this.replay.timeOf(next) ?? clock) : clock;
    if (next === version) return;
    this.#stayed = 0;
    this.replay.seek(next);
  }

  dispose(): void {
    this.pause();
    this.#stop();
  }

  #factor(): number {
    const speed = this.speed.peek();
    return speed === "fit" ? Math.max(1, this.elapsed() / fitted) : Number(speed);
  }
}
