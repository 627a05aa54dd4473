/** The height of a row, in pixels. */
export const rowHeight = 20;
/** How high an element may be, in pixels: browsers cut off from 16 to 33 million. */
export const heightMost = 15_000_000;

/** How many rows there are, and how high what shows them is, in pixels. */
export interface Extent {
  rows: number;
  viewport: number;
}

/** Where a view of the rows stands: `offset` is in pixels of all rows, `scrollTop` in those of the element. */
export interface Position {
  offset: number;
  scrollTop: number;
}

/** How high the element is that the browser scrolls. */
export const heightOf = (rows: number): number => Math.min(rows * rowHeight, heightMost);

/** The greatest offset. */
export const offsetMost = ({ rows, viewport }: Extent): number => Math.max(0, rows * rowHeight - viewport);

const scrollMost = ({ rows, viewport }: Extent): number => Math.max(0, heightOf(rows) - viewport);

/** Where the browser is to stand so that its scrollbar tells of this offset. */
export function scrollAt(offset: number, extent: Extent): number {
  const most = offsetMost(extent);
  return most === 0 ? 0 : (Math.min(offset, most) / most) * scrollMost(extent);
}

/**
 * The offset after the browser scrolled. A short way is gone pixel by pixel, however many
 * rows a pixel of the scrollbar stands for; a long one, and either end, is where the
 * scrollbar says.
 */
export function offsetAfter(before: Position, scrollTop: number, extent: Extent): number {
  const most = offsetMost(extent);
  if (rowsFit(extent)) return Math.min(scrollTop, most);
  const way = scrollTop - before.scrollTop;
  if (Math.abs(way) <= extent.viewport) return Math.min(most, Math.max(0, before.offset + way));
  if (scrollTop <= 0) return 0;
  if (scrollTop >= scrollMost(extent) - 1) return most;
  return (scrollTop / scrollMost(extent)) * most;
}

/** Whether a pixel of the scrollbar is a pixel of the rows. */
export const rowsFit = ({ rows }: Extent): boolean => rows * rowHeight <= heightMost;

/** The rows in view, `last` not included, and how far the first begins above it, in pixels. */
export function visible(offset: number, { rows, viewport }: Extent): { first: number; last: number; above: number } {
  const first = Math.min(Math.max(0, rows - 1), Math.floor(offset / rowHeight));
  const last = Math.min(rows, Math.ceil((offset + viewport) / rowHeight));
  return { first, last, above: offset - first * rowHeight };
}

/** Within how many pixels of the end the end is shown. */
const nearEnd = 5;

export const atEnd = (offset: number, extent: Extent): boolean => offset >= offsetMost(extent) - nearEnd;

/** The offset at which a row is in the middle. */
export function offsetOf(row: number, extent: Extent): number {
  const middle = row * rowHeight - (extent.viewport - rowHeight) / 2;
  return Math.min(offsetMost(extent), Math.max(0, middle));
}

/** The lines that an address marks: "#L10", "#L10-L20". */
export function linesOf(hash: string): readonly [from: number, to: number] | null {
  const match = /^#L(\d{1,15})(?:-L?(\d{1,15}))?$/.exec(hash);
  if (!match) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? from);
  return from >= 1 && to >= 1 ? [Math.min(from, to), Math.max(from, to)] : null;
}

export const hashOf = (from: number, to: number): string =>
  from === to ? `#L${from}` : `#L${Math.min(from, to)}-L${Math.max(from, to)}`;
