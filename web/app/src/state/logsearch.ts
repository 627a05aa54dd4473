import { computed, effect, signal } from "@preact/signals";

import { stripped } from "../layout/ansi";
import { finder } from "../layout/marks";
import type { LogLine } from "../api/types";
import type { Log } from "./log";
import { messageOf } from "./log";
import { lastNumber, read } from "./logread";

/** How many matches are kept at most. */
const matchesMost = 10_000;

/**
 * Looks for a text in the lines of a log, those that are not here included: from a line to
 * the end, then from the beginning. What arrives meanwhile is looked at as it comes.
 */
export class LogSearch {
  readonly needle = signal("");
  readonly find = computed(() => finder(this.needle.value));
  /** How much has been looked through, 0 to 1; null while nothing is under way. */
  readonly progress = signal<number | null>(null);
  readonly failure = signal("");
  /** The numbers of the lines that match, in order. */
  readonly matches = signal<readonly number[]>([]);
  /** The number of the line that is shown as the match. */
  readonly current = signal<number | null>(null);
  /** Whether there are more matches than are kept. */
  readonly full = computed(() => this.matches.value.length >= matchesMost);
  /** Whether all lines were looked at. */
  readonly complete = signal(false);

  #request = new AbortController();
  /** The last line that has been looked at, or is about to be. */
  #upTo = 0;
  /** Matches that arrived since the search began. */
  #heard: number[] = [];
  /** Whether lines have come that nobody has looked at. */
  #passed = false;
  #stop: () => void;

  constructor(private readonly log: Log) {
    const unhear = log.onArrival((lines, after, upTo) => this.#hear(lines, after, upTo));
    const unwatch = effect(() => {
      this.#request.abort();
      this.progress.value = null;
      this.matches.value = [];
      this.current.value = null;
      this.failure.value = "";
      this.complete.value = false;
      this.#heard = [];
      this.#passed = false;
      void this.needle.value;
    });
    this.#stop = () => {
      unhear();
      unwatch();
    };
  }

  close(): void {
    this.stop();
    this.#stop();
  }

  /** Ends a search; what it has found stays. */
  stop(): void {
    this.#request.abort();
    this.progress.value = null;
  }

  /** Looks for a text from a line on, and shows the first line that has it. */
  async start(needle: string, from: number): Promise<void> {
    this.needle.value = "";
    this.needle.value = needle;
    const find = this.find.peek();
    if (!find) return;
    const { signal: over } = (this.#request = new AbortController());
    this.progress.value = 0;
    this.#upTo = Infinity;
    try {
      const last = (this.#upTo = Math.max(await lastNumber(this.log.source, over), this.log.last));
      const later = await this.#scan(from - 1, last, over, (found) => found);
      await this.#scan(0, from - 1, over, (found) => [...found, ...later]);
      this.complete.value = !this.full.peek() && !this.#passed;
    } catch (failure) {
      if (over.aborted) return;
      this.failure.value = messageOf(failure);
    }
    if (!over.aborted) this.progress.value = null;
  }

  /** Goes to the next match, or the one before; round and round. */
  step(way: 1 | -1): void {
    const all = this.matches.value;
    const now = this.current.value ?? 0;
    const at = way > 0 ? all.findIndex((n) => n > now) : all.findLastIndex((n) => n < now);
    this.current.value = all.at(at < 0 ? (way > 0 ? 0 : -1) : at) ?? null;
  }

  /** Looks through the lines after a number up to another; `all` are the matches, with these. */
  async #scan(after: number, upTo: number, over: AbortSignal, all: (found: readonly number[]) => readonly number[]): Promise<readonly number[]> {
    const find = this.find.peek();
    const found: number[] = [];
    const done = this.progress.peek() ?? 0;
    const begin = after;
    while (find && after < upTo && !this.full.peek()) {
      // What was found elsewhere is nearer to the reader, and stays.
      const room = matchesMost - all(found).length - this.#heard.length;
      const batch = await read("logMatches", this.log.source, after, Math.max(1, room), over, this.needle.peek());
      over.throwIfAborted();
      for (const line of batch.lines) if (line.number <= upTo) found.push(line.number);
      found.length = Math.min(found.length, matchesMost - all([]).length - this.#heard.length);
      if (batch.cursor <= after || batch.gap) break;
      after = batch.cursor;
      this.matches.value = [...all(found), ...this.#heard];
      this.current.value ??= found[0] ?? null;
      this.progress.value = done + (Math.min(after, upTo) - begin) / Math.max(1, this.#upTo);
    }
    return found;
  }

  #hear(lines: readonly LogLine[], after: number, upTo: number): void {
    const find = this.find.peek();
    if (!find || this.full.peek()) return;
    // Some were left out, to be near the end.
    if (after > this.#upTo) this.#passed = true;
    if (this.#passed) this.complete.value = false;
    const found = lines.filter((line) => line.number > this.#upTo && has(line.text, find)).map((line) => line.number);
    this.#upTo = Math.max(this.#upTo, upTo);
    found.length = Math.min(found.length, matchesMost - this.matches.peek().length);
    this.#heard.push(...found);
    if (found.length > 0) this.matches.value = [...this.matches.value, ...found];
  }
}

function has(text: string, find: RegExp): boolean {
  find.lastIndex = 0;
  return find.test(stripped(text));
}
