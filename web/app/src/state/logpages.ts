import { PageIndex, pageSize } from "../layout/pageindex";
import type { LogLine } from "../api/types";
import { type LogSource, placed, read } from "./logread";

/** What a row shows: a line; null where the server has none any more; undefined while it is not here. */
export type Row = LogLine | null | undefined;

/** How much of a log is kept here: so many pages, and so many characters beside the least pages. */
const pagesMost = 40;
const pagesLeast = 3;
const charactersMost = 20_000_000;
/** How long the view must want pages before they are asked for, in milliseconds: who flies past needs none. */
const settles = 60;

interface Page {
  rows: (LogLine | null)[];
  characters: number;
}

/** The part of a log that is kept in memory: what was looked at last, and what is asked for. */
export class LogPages {
  readonly #held = new Map<number, Page>();
  readonly #coming = new Map<number, AbortController>();
  #wanted: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly source: LogSource,
    private readonly index: PageIndex,
    private readonly told: { changed: () => void; failed: (failure: unknown) => void },
  ) {}

  row(i: number): Row {
    return this.#held.get(Math.floor(i / pageSize))?.rows[i % pageSize];
  }

  /** Sees to it that rows are here soon; what was wanted before and is not now is left. */
  want(first: number, last: number): void {
    const pages: number[] = [];
    for (let p = Math.max(0, Math.floor(first / pageSize)); p * pageSize < Math.min(last, this.index.rows); p++) pages.push(p);
    this.#wanted = pages;
    for (const page of pages) this.#touch(page);
    for (const [page, request] of this.#coming) if (!pages.includes(page)) request.abort();
    if (this.#timer === undefined && pages.some((page) => this.#lacks(page))) this.#timer = setTimeout(() => this.#fetch(), settles);
  }

  /** Adds rows that follow each other, from a row on. What would leave a hole is left to be fetched. */
  add(from: number, rows: readonly (LogLine | null)[]): void {
    for (let i = 0; i < rows.length; ) {
      const page = Math.floor((from + i) / pageSize);
      const at = (from + i) % pageSize;
      const n = Math.min(pageSize - at, rows.length - i);
      if (at === 0 && !this.#held.has(page)) this.#held.set(page, { rows: [], characters: 0 });
      const held = this.#held.get(page);
      if (held && held.rows.length >= at) this.#extend(held, rows.slice(i + held.rows.length - at, i + n));
      i += n;
    }
    this.#evict();
    this.told.changed();
  }

  /** Gives the rows of a page when they are here. Throws a RequestError. */
  async load(page: number, signal: AbortSignal): Promise<readonly (LogLine | null)[]> {
    let after = this.#end(page);
    while (this.#lacks(page)) {
      const had = this.#held.get(page)?.rows.length ?? 0;
      const batch = await read("logPage", this.source, after, this.index.size(page) - had, signal);
      const last = Math.max(batch.cursor, batch.lines.at(-1)?.number ?? 0);
      // A server that has no more than this has lost the rest.
      const end = batch.gap || last <= after ? this.index.before(page) + this.index.size(page) : last;
      const rows = this.index.filtered ? batch.lines : placed(batch.lines, after, end);
      if (this.index.filtered && end !== last) break;
      this.add(page * pageSize + had, rows);
      after = end;
    }
    this.#touch(page);
    return this.#held.get(page)?.rows ?? [];
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const request of this.#coming.values()) request.abort();
  }

  #fetch(): void {
    this.#timer = undefined;
    for (const page of this.#wanted) {
      if (!this.#lacks(page) || this.#coming.has(page)) continue;
      const request = new AbortController();
      this.#coming.set(page, request);
      this.load(page, request.signal)
        .catch((failure: unknown) => request.signal.aborted || this.told.failed(failure))
        .finally(() => {
          this.#coming.delete(page);
          // It was left, and is wanted again.
          if (request.signal.aborted && this.#wanted.includes(page)) this.#timer ??= setTimeout(() => this.#fetch(), settles);
        });
    }
  }

  #lacks(page: number): boolean {
    return (this.#held.get(page)?.rows.length ?? 0) < this.index.size(page);
  }

  /** The number of the last line of a page that is here. */
  #end(page: number): number {
    const rows = this.#held.get(page)?.rows ?? [];
    return this.index.filtered ? (rows.at(-1)?.number ?? this.index.before(page)) : page * pageSize + rows.length;
  }

  #extend(page: Page, rows: readonly (LogLine | null)[]): void {
    page.rows.push(...rows);
    for (const row of rows) page.characters += row?.text.length ?? 0;
  }

  #touch(page: number): void {
    const held = this.#held.get(page);
    if (!held) return;
    this.#held.delete(page);
    this.#held.set(page, held);
  }

  #evict(): void {
    let characters = 0;
    for (const page of this.#held.values()) characters += page.characters;
    for (const [page, held] of this.#held) {
      const few = this.#held.size <= pagesLeast;
      if (few || (this.#held.size <= pagesMost && characters <= charactersMost)) return;
      if (this.#wanted.includes(page)) continue;
      characters -= held.characters;
      this.#held.delete(page);
    }
  }
}
