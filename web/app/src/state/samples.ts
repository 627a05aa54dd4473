import { effect, signal } from "@preact/signals";

import * as operations from "../api/operations.timeline";
import type { Sample } from "../layout/plot";
import { now } from "./clock";
import { ask } from "./session";

/** How often what a running attempt uses is asked for anew, in milliseconds. */
const period = 5_000;

/** What an attempt of a task used over time. */
export class SampleStore {
  /** Null until the server has told. */
  readonly samples = signal<readonly Sample[] | null>(null);
  /** Why they could not be read, or not read anew; null while all is well. */
  readonly failure = signal<unknown>(null);

  #abort = new AbortController();
  #asked = 0;
  #asking = false;
  #again = false;

  /** `timelineId` names the attempt; null is the current one. */
  constructor(
    readonly taskId: string,
    readonly timelineId: number | null,
  ) {}

  /** Reads the samples, and while the attempt runs reads them again, until the returned function is called. */
  open(runs: () => boolean): () => void {
    let ran = false;
    const dispose = effect(() => {
      const running = runs();
      const due = now.value - this.#asked >= period;
      // The end brings the last figures.
      if (this.#asked === 0 || (running && due) || (ran && !running)) void this.load();
      ran = running;
    });
    return () => {
      dispose();
      this.#abort.abort();
    };
  }

  async load(): Promise<void> {
    // What is asked for while an answer is on its way may be newer than that.
    this.#again = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    this.#asked = now.peek();
    try {
      const { taskId: id, timelineId } = this;
      const data = await ask<{ task: { resourceSamples: Sample[] } | null }>(operations.resourceSamples, { id, timelineId }, this.#abort.signal);
      this.samples.value = data.task?.resourceSamples ?? [];
      this.failure.value = null;
    } catch (failure) {
      if (!this.#abort.signal.aborted) this.failure.value = failure;
    } finally {
      this.#asking = false;
    }
    if (this.#again && !this.#abort.signal.aborted) await this.load();
  }
}
