/** How many rows are fetched, kept and dropped together. */
export const pageSize = 500;

/**
 * Where the pages of a log begin. Of a whole log each line number has its row, and the
 * number says the page; of a filtered one the first number of each page is kept.
 */
export class PageIndex {
  /** How many rows there are. */
  rows = 0;
  /** The number of the last line that was examined. */
  cursor = 0;
  readonly #starts: number[] = [];

  constructor(readonly filtered: boolean) {}

  /** Adds the numbers of lines that follow, up to the last line examined. */
  add(numbers: readonly number[], cursor: number): void {
    for (const number of numbers) {
      if (number <= this.cursor) continue;
      if (this.rows % pageSize === 0) this.#starts[this.rows / pageSize] = number;
      if (this.filtered) this.rows++;
      this.cursor = number;
    }
    this.cursor = Math.max(this.cursor, cursor);
    if (!this.filtered) this.rows = this.cursor;
  }

  /** The number of the line before a page. */
  before(page: number): number {
    return this.filtered ? (this.#starts[page] ?? this.cursor + 1) - 1 : page * pageSize;
  }

  /** How many rows a page has. */
  size(page: number): number {
    return Math.max(0, Math.min(pageSize, this.rows - page * pageSize));
  }

  /** The page that has the line of a number, or the one before where it would be. */
  pageOf(number: number): number {
    if (!this.filtered) return Math.floor((Math.min(number, this.rows) - 1) / pageSize);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#starts[middle]! <= number) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
