import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";

import { connection, stream, watched } from "../api/live";
import * as operations from "../api/operations.log";
import type { LogBatch, LogLine } from "../api/types";
import { PageIndex, pageSize } from "../layout/pageindex";
import { LogPages, type Row } from "./logpages";
import { lastNumber, type LogSource, placed, read } from "./logread";

/** `open`: more may come. `ended`: nothing more will. `failed`: `failure` says why nothing comes. */
export type LogStanding = "loading" | "open" | "ended" | "failed";

/** Lines that have come, of those after a number up to another. */
export type Arrival = (lines: readonly LogLine[], after: number, upTo: number) => void;

/** After so many batches that were not the last there was, the newest lines are gone to; those between are fetched when they are wanted. */
const behindMost = 8;
/** How many line numbers of a filtered log are read at once. */
const numbersAtOnce = 10_000;

/**
 * The log of a task from a level on: how many rows it has, and those rows that are
 * looked at. The oldest come by number when they are wanted, the newest by themselves.
 */
export class Log {
  readonly rows = signal(0);
  /** Counts up when what `row` gives has changed. */
  readonly version = signal(0);
  readonly standing = signal<LogStanding>("loading");
  /** Why rows are missing, or why nothing comes; "" while all is well. */
  readonly failure = signal("");
  /** How much of a filtered log has been looked through, 0 to 1. */
  readonly examined = signal(1);

  #index: PageIndex;
  #pages: LogPages;
  #request = new AbortController();
  #stop: (() => void)[] = [];
  #unfollow = () => {};
  #behind = 0;
  readonly #arrivals = new Set<Arrival>();

  constructor(readonly source: LogSource) {
    [this.#index, this.#pages] = this.#empty();
  }

  row(i: number): Row {
    return this.#pages.row(i);
  }

  /** The number of the last line examined. */
  get last(): number {
    return this.#index.cursor;
  }

  /** Sees to it that rows are here soon. */
  want(first: number, last: number): void {
    this.#pages.want(first, last);
  }

  /** Follows the log until close; goes on when the page is seen again, or the task has not ended after all. */
  open(final: ReadonlySignal<boolean>): void {
    this.#stop.push(
      effect(() => {
        const over = final.value;
        // What is not seen is not followed; where it stands then is asked anew, and what lies between is fetched when it is wanted.
        const seen = watched.value;
        untracked(() => (seen ? void this.#follow(over) : this.#leave()));
      }),
      effect(() => {
        if (connection.value === "live" && this.failure.peek()) untracked(() => this.again());
      }),
    );
  }

  close(): void {
    for (const stop of this.#stop.splice(0)) stop();
    this.#leave();
    this.#pages.close();
  }

  /** Tries again what failed. */
  again(): void {
    this.failure.value = "";
    if (this.standing.peek() === "failed") void this.#follow(false);
    else this.version.value++;
  }

  /** Tells of lines that are new, until the returned function is called. */
  onArrival(told: Arrival): () => void {
    this.#arrivals.add(told);
    return () => this.#arrivals.delete(told);
  }

  /** The row of a line, or of the next one that is shown. Throws a RequestError. */
  async find(number: number, signal: AbortSignal): Promise<number> {
    if (!this.#index.filtered) return Math.max(0, Math.min(number, this.#index.rows) - 1);
    const page = this.#index.pageOf(number);
    const rows = await this.#pages.load(page, signal);
    const at = rows.findIndex((row) => row !== null && row.number >= number);
    return Math.max(0, Math.min(this.#index.rows - 1, page * pageSize + (at < 0 ? rows.length : at)));
  }

  #empty(): [PageIndex, LogPages] {
    const index = new PageIndex(this.source.level !== null);
    const told = {
      changed: () => this.version.value++,
      failed: (failure: unknown) => (this.failure.value = messageOf(failure)),
    };
    return [index, new LogPages(this.source, index, told)];
  }

  #leave(): void {
    this.#request.abort();
    this.#unfollow();
    this.#unfollow = () => {};
  }

  async #follow(over: boolean): Promise<void> {
    this.#leave();
    const request = (this.#request = new AbortController());
    if (this.standing.peek() !== "open") this.standing.value = "loading";
    this.#behind = 0;
    try {
      const last = await lastNumber(this.source, request.signal);
      if (last < this.#index.cursor) this.#restart();
      await this.#examine(last, request.signal);
    } catch (failure) {
      if (!request.signal.aborted) this.#failed(failure);
      return;
    }
    if (request.signal.aborted) return;
    this.failure.value = "";
    this.standing.value = over ? "ended" : "open";
    if (!over) this.#unfollow = this.#listen();
  }

  /** Learns which rows there are, up to a line number. */
  async #examine(last: number, signal: AbortSignal): Promise<void> {
    const from = this.#index.cursor;
    while (this.#index.filtered && this.#index.cursor < last) {
      this.examined.value = last === from ? 1 : (this.#index.cursor - from) / (last - from);
      const batch = await read("logNumbers", this.source, this.#index.cursor, numbersAtOnce, signal);
      const before = this.#index.cursor;
      this.#index.add(batch.lines.map((line) => line.number), batch.cursor);
      this.rows.value = this.#index.rows;
      if (this.#index.cursor <= before) break;
    }
    this.#index.add([], last);
    this.rows.value = this.#index.rows;
    this.examined.value = 1;
  }

  #listen(): () => void {
    return stream<{ taskLog: LogBatch }>({
      query: operations.logLines,
      variables: () => ({ id: this.source.task, after: this.#index.cursor, minLevel: this.source.level }),
      next: (data) => this.#take(data.taskLog),
      complete: () => (this.standing.value = "ended"),
      refused: (failure) => this.#failed(failure),
    });
  }

  #take(batch: LogBatch): void {
    // A server that never gave this number has another log: that of a database put back.
    if (batch.gap?.reason === "REPLACED") {
      this.#restart();
      void this.#follow(false);
      return;
    }
    const after = this.#index.cursor;
    const from = this.#index.rows;
    const lines = batch.lines.filter((line) => line.number > after);
    this.#index.add(lines.map((line) => line.number), batch.cursor);
    this.#pages.add(from, this.#index.filtered ? lines : placed(lines, after, this.#index.cursor));
    this.rows.value = this.#index.rows;
    for (const told of this.#arrivals) told(lines, after, this.#index.cursor);
    this.#behind = batch.caughtUp ? 0 : this.#behind + 1;
    if (this.#behind >= behindMost) void this.#follow(false);
  }

  #restart(): void {
    this.#pages.close();
    [this.#index, this.#pages] = this.#empty();
    this.rows.value = 0;
  }

  #failed(failure: unknown): void {
    this.failure.value = messageOf(failure);
    this.standing.value = "failed";
  }
}

export const messageOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure));
