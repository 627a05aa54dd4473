import { effect, signal, untracked } from "@preact/signals";

import type { Log } from "../state/log";
import {
  atEnd, heightOf, offsetAfter, offsetMost, offsetOf, type Position, rowHeight, scrollAt, visible,
} from "../layout/window";
import { language } from "../state/preferences";
import { make, type RowState, showLine, showNothing } from "./LogRow";

/** How many rows on either side of the view are asked for as well. */
const ahead = 200;

/** What the rows show besides the lines. */
export interface Look {
  marks: () => readonly [from: number, to: number] | null;
  find: () => RegExp | null;
  current: () => number | null;
}

/**
 * The rows of a log in an element that scrolls: as many nodes as fit the view, which are
 * used again and again. They stay where the view is and show what it has scrolled to, so
 * that scrolling never shows a hole.
 */
export class LogRows {
  /** Whether the view stays at the end when lines arrive. Nothing but the reader's will turns it on or off. */
  readonly follows = signal(true);
  /** How many rows there were when the reader left the end. */
  readonly left = signal(0);

  readonly #space = make("div", "log-space");
  readonly #layer = make("div", "log-layer");
  #nodes: HTMLElement[] = [];
  #shown: string[] = [];
  #first = 0;
  #at: Position = { offset: 0, scrollTop: 0 };
  #viewport = 0;
  /** How many rows the scrollbar knows of: those of the last painting. */
  #rows = 0;
  #width = 0;
  #loaded = false;
  #frame = 0;
  #stop: (() => void)[] = [];

  constructor(
    private readonly element: HTMLElement,
    private readonly log: Log,
    private readonly look: Look,
  ) {
    this.#space.append(this.#layer);
    element.append(this.#space);
    const sizes = new ResizeObserver(() => this.#resized());
    sizes.observe(element);
    const scrolled = () => this.#scrolled();
    const settled = () => this.#settle();
    element.addEventListener("scroll", scrolled, { passive: true });
    element.addEventListener("scrollend", settled);
    this.#stop = [
      () => sizes.disconnect(),
      () => element.removeEventListener("scroll", scrolled),
      () => element.removeEventListener("scrollend", settled),
      () => cancelAnimationFrame(this.#frame),
      effect(() => {
        void [log.rows.value, log.version.value, log.standing.value, look.marks(), look.find(), look.current(), language.value];
        untracked(() => this.#due());
      }),
      () => this.#space.remove(),
    ];
  }

  close(): void {
    for (const stop of this.#stop) stop();
  }

  shows(log: Log): boolean {
    return this.log === log;
  }

  /** Goes to the end, and stays there. */
  follow(): void {
    this.follows.value = true;
    this.#due();
  }

  /** Goes to the beginning. */
  begin(): void {
    this.#leaveEnd();
    this.#go(0);
    this.#due();
  }

  /** Shows a row in the middle, unless it is in view. */
  reveal(row: number): void {
    const from = this.#at.offset;
    const inView = row * rowHeight >= from && (row + 1) * rowHeight <= from + this.#viewport;
    this.#leaveEnd();
    this.#grow();
    if (!inView) this.#go(offsetOf(row, this.#extent));
    this.#due();
  }

  /** The number of the line at the top; 1 while there is none. */
  get top(): number {
    const { first, last } = visible(this.#at.offset, this.#extent);
    for (let row = first; row < last; row++) {
      const line = this.log.row(row);
      if (line) return line.number;
    }
    return this.log.source.level === null ? first + 1 : 1;
  }

  get #extent() {
    return { rows: this.#rows, viewport: this.#viewport };
  }

  #resized(): void {
    this.#viewport = this.element.clientHeight;
    // A view that has become higher may have been moved up by the browser: that is not the reader's will.
    this.#at = { offset: this.#at.offset, scrollTop: this.element.scrollTop };
    this.#due();
  }

  #due(): void {
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  #go(offset: number): void {
    const extent = this.#extent;
    this.element.scrollTop = scrollAt(offset, extent);
    this.#at = { offset, scrollTop: this.element.scrollTop };
  }

  #scrolled(): void {
    const { scrollTop, clientHeight } = this.element;
    const before = this.#at;
    if (clientHeight !== this.#viewport) return this.#resized();
    // Our own way to somewhere; or only sideways.
    if (scrollTop === before.scrollTop) return;
    const offset = offsetAfter(before, scrollTop, this.#extent);
    this.#at = { offset, scrollTop };
    if (scrollTop > before.scrollTop && atEnd(offset, this.#extent)) this.follows.value = true;
    else this.#leaveEnd();
    // The scrollbar is at an end and the rows are not.
    if (scrollTop <= 0 || scrollTop + this.#viewport >= heightOf(this.#rows)) this.#settle();
    this.#due();
  }

  /** Puts the scrollbar where the rows are: short ways leave it behind in a log that is higher than it may be. */
  #settle(): void {
    const due = scrollAt(this.#at.offset, this.#extent);
    if (Math.abs(due - this.element.scrollTop) >= 1) this.#go(this.#at.offset);
  }

  #leaveEnd(): void {
    if (!this.follows.peek()) return;
    this.left.value = this.log.rows.peek();
    this.follows.value = false;
  }

  /** Makes the space as high as all rows. */
  #grow(): void {
    const rows = this.log.rows.peek();
    if (rows === this.#rows) return;
    this.#rows = rows;
    this.#space.style.height = `${heightOf(rows)}px`;
    this.element.style.setProperty("--log-digits", String(Math.max(3, String(this.log.last).length)));
  }

  #paint(): void {
    this.#frame = 0;
    this.#grow();
    const most = offsetMost(this.#extent);
    const loading = this.log.standing.peek() === "loading";
    // What is there at the beginning is not new.
    if (loading || !this.#loaded) this.left.value = this.#rows;
    this.#loaded = !loading;
    const follows = this.follows.peek() && !loading;
    if (this.#at.offset > most || (follows && this.#at.offset !== most)) this.#go(most);
    const { first, last, above } = visible(this.#at.offset, this.#extent);
    this.#provide(first, last - first);
    for (let row = first; row < last; row++) this.#show(row, this.#nodes[row - first]!, row - first);
    this.#layer.style.transform = `translateY(${-above}px)`;
    // Rows may differ in width: the widest counts, so that nothing jumps sideways.
    const width = this.#layer.offsetWidth;
    if (width > Math.max(this.#width, this.element.clientWidth)) this.#layer.style.minWidth = `${(this.#width = width)}px`;
    this.log.want(first - ahead, last + ahead);
  }

  /** Has a node for each row; those that stay in view keep theirs. */
  #provide(first: number, count: number): void {
    while (this.#nodes.length < count) this.#nodes.push(this.#layer.appendChild(make("div", "log-row")));
    for (const extra of this.#nodes.splice(count)) extra.remove();
    this.#shown.length = count;
    const way = first - this.#first;
    this.#first = first;
    if (way === 0 || Math.abs(way) >= count) return;
    if (way > 0) {
      const moved = this.#nodes.splice(0, way);
      this.#shown.push(...this.#shown.splice(0, way));
      this.#nodes.push(...moved);
      this.#layer.append(...moved);
    } else {
      const moved = this.#nodes.splice(way);
      this.#shown.unshift(...this.#shown.splice(way));
      this.#nodes.unshift(...moved);
      this.#layer.prepend(...moved);
    }
  }

  #show(row: number, node: HTMLElement, at: number): void {
    const line = this.log.row(row);
    const find = this.look.find();
    if (!line) {
      const number = this.log.source.level === null ? row + 1 : 0;
      if (this.#changes(at, `${number} ${line === null} ${language.peek()}`)) showNothing(node, number, line === null);
      return;
    }
    const marks = this.look.marks();
    const before = row > 0 ? this.log.row(row - 1) : null;
    const state: RowState = {
      begins: !!before && before.attempt !== line.attempt,
      marked: marks !== null && line.number >= marks[0] && line.number <= marks[1],
      current: line.number === this.look.current(),
      find,
    };
    const key = `${line.number} ${line.at} ${state.begins} ${state.marked} ${state.current} ${find?.source ?? ""} ${language.peek()}`;
    if (this.#changes(at, key)) showLine(node, line, state);
  }

  /** Whether a node shows something else than this. */
  #changes(at: number, key: string): boolean {
    if (this.#shown[at] === key) return false;
    this.#shown[at] = key;
    return true;
  }
}
