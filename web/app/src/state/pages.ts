import { signal } from "@preact/signals";

/** Rows of a page, and whether more come after it. */
interface Page<Row> {
  rows: Row[];
  more: boolean;
}

/** Reads the page after a row; null is the first page. Throws an Error that says why not. */
export type Reading<Row> = (after: Row | null, signal: AbortSignal) => Promise<Page<Row>>;

/** A list that grows by a page when somebody asks for more. */
export class Pages<Row> {
  /** Null until the first page is there. */
  readonly rows = signal<readonly Row[] | null>(null);
  readonly more = signal(false);
  readonly loading = signal(false);
  /** Why the last reading failed; "" when it did not. */
  readonly failure = signal("");
  private under = new AbortController();
  private again = () => {};

  /** Begins a list anew. What was shown stays until the first page is there. */
  show(read: Reading<Row>): void {
    void this.read(read, null);
  }

  /** Adds the next page. */
  next(read: Reading<Row>): void {
    void this.read(read, this.rows.peek()?.at(-1) ?? null);
  }

  /** Tries once more what failed. */
  retry(): void {
    this.again();
  }

  end(): void {
    this.under.abort();
  }

  private async read(read: Reading<Row>, after: Row | null): Promise<void> {
    this.under.abort();
    const { signal } = (this.under = new AbortController());
    this.again = () => void this.read(read, after);
    this.loading.value = true;
    this.failure.value = "";
    try {
      const page = await read(after, signal);
      if (signal.aborted) return;
      this.rows.value = after === null ? page.rows : [...(this.rows.peek() ?? []), ...page.rows];
      this.more.value = page.more;
    } catch (failure) {
      if (signal.aborted) return;
      this.failure.value = (failure as Error).message;
    }
    this.loading.value = false;
  }
}
