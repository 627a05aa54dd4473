import { effect, signal, untracked } from "@preact/signals";

import { watched } from "../api/live";
import * as operations from "../api/operations.list";
import type { Status, StatusCount, ThroughputBucket } from "../api/types";
import { filterOf, type ListQuery } from "../layout/listquery";
import { ask } from "./session";

/** How long after an answer the counts are asked for again, in milliseconds. */
const pause = 5_000;
/** How old what is shown of the last hour may be, in milliseconds: a bar is of a minute. */
const hourPause = 60_000;

/** Counts beside a list: of each status, and what ended in the last hour. They are asked for while somebody looks. */
export class Figures {
  readonly counts = signal<ReadonlyMap<Status, StatusCount>>(new Map());
  readonly hour = signal<readonly ThroughputBucket[]>([]);

  private query: ListQuery | null = null;
  private owner: string | null = null;
  private hourRead = 0;
  private due: ReturnType<typeof setTimeout> | undefined;
  private reading: AbortController | null = null;
  private stop = () => {};

  /** Counts what a list shows, whichever statuses it leaves out. */
  show(query: ListQuery): void {
    this.end();
    this.query = { ...query, statuses: [] };
    if (this.owner !== query.owner) this.hourRead = 0;
    this.owner = query.owner;
    this.stop = effect(() => {
      const seen = watched.value;
      untracked(() => (seen ? void this.read() : this.rest()));
    });
  }

  end(): void {
    this.stop();
    this.rest();
    this.query = null;
  }

  private rest(): void {
    clearTimeout(this.due);
    this.reading?.abort();
  }

  private async read(): Promise<void> {
    const query = this.query;
    if (!query) return;
    this.rest();
    const { signal: over } = (this.reading = new AbortController());
    const hour = Date.now() - this.hourRead >= hourPause;
    try {
      const variables = { filter: filterOf(query, Date.now()), owner: query.owner || null, hour };
      const answer = await ask<{ taskCounts: StatusCount[]; throughput?: ThroughputBucket[] }>(operations.figures, variables, over);
      if (over.aborted) return;
      this.counts.value = new Map(answer.taskCounts.map((count) => [count.status, count]));
      if (answer.throughput) {
        this.hour.value = answer.throughput;
        this.hourRead = Date.now();
      }
    } catch {
      if (over.aborted) return;
      // Old counts would look like new ones. That the server cannot be reached, the list says.
      this.counts.value = new Map();
    }
    this.due = setTimeout(() => void this.read(), pause);
  }
}
