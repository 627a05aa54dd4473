import type { LogLine } from "../api/types";
import { parse, type Span } from "../layout/ansi";
import { linked, marked } from "../layout/marks";
import type { Look } from "../layout/sgr";
import { hashOf } from "../layout/window";
import { bytes, instant } from "../text/duration";
import { text } from "../text/text";

/** What a row shows besides its line. */
export interface RowState {
  /** The line begins another attempt than the one before it. */
  begins: boolean;
  /** The address names the line. */
  marked: boolean;
  /** It is the match that was gone to. */
  current: boolean;
  find: RegExp | null;
}

/** An element with a class and a text; markup is never made of a text. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, name: string, content = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = content;
  return element;
}

/** Writes a line into a row, in the place of what it showed. */
export function showLine(row: HTMLElement, line: LogLine, state: RowState): void {
  row.className = `log-row is-${line.level.toLowerCase()} is-${line.stream.toLowerCase()}`;
  row.classList.toggle("is-marked", state.marked);
  row.classList.toggle("is-current", state.current);
  row.classList.toggle("is-first", state.begins);
  const { spans, rest } = parse(line.text);
  const content = make("span", "log-text foreign");
  content.append(...marked(linked(spans), state.find).map(spanNode));
  row.replaceChildren(...head(line), content);
  if (rest > 0) row.append(wholeButton(line, rest));
  if (state.begins) row.append(make("span", "log-attempt", text("log.attempt", line.attempt)));
}

/** Writes into a row that its line is not here, or is gone. */
export function showNothing(row: HTMLElement, number: number, gone: boolean): void {
  row.className = gone ? "log-row is-gone" : "log-row is-coming";
  row.replaceChildren(numberLink(number), make("span", "log-text", gone ? text("log.gone") : "…"));
}

function head(line: LogLine): HTMLElement[] {
  const time = make("span", "log-time", clock(line.at));
  time.title = instant(line.at);
  const sign = make("span", "log-mark", signs[line.level] || streams[line.stream]);
  sign.title = `${line.stream} ${line.level}`;
  return [numberLink(line.number), time, sign];
}

const signs = { DEBUG: "D", INFO: "", WARN: "W", ERROR: "E" };
const streams = { STDOUT: "", STDERR: "err", SYSTEM: "sys" };

function numberLink(number: number): HTMLElement {
  const link = make("a", "log-number", number > 0 ? String(number) : "");
  if (number > 0) link.href = hashOf(number, number);
  // A stop for each line would make the log a trap for who goes by Tab.
  link.tabIndex = -1;
  link.draggable = false;
  return link;
}

function wholeButton(line: LogLine, rest: number): HTMLElement {
  const button = make("button", "log-more", text("log.whole", bytes(rest)));
  button.tabIndex = -1;
  button.dataset["whole"] = String(line.number);
  return button;
}

/** A span as a node: bare text where it looks like the rest. */
export function spanNode(span: Span): Node {
  const name = `${span.sign ? "log-sign " : ""}${span.hit ? "log-hit " : ""}${namesOf(span.look)}`.trim();
  const colour = coloursOf(span.look);
  if (!name && !colour && !span.href) return document.createTextNode(span.text);
  const element = span.href ? linkTo(span.href, name, span.text) : make("span", name, span.text);
  if (colour?.fill) {
    element.style.backgroundColor = colour.fill;
    element.style.color = "var(--log-ground)";
  } else if (colour?.ink) element.style.color = colour.ink;
  return element;
}

function linkTo(href: string, name: string, content: string): HTMLElement {
  const link = make("a", name, content);
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

const namesOf = (look: Look): string =>
  (["bold", "faint", "italic", "underline", "struck"] as const).filter((name) => look[name]).map((name) => `log-${name}`).join(" ");

/**
 * Each colour can be read on the ground of the log, and the ground on each colour: what
 * stands on a colour is written in that of the ground, whatever ink the task chose.
 */
function coloursOf(look: Look): { ink?: string; fill?: string } | null {
  if (look.inverse) return { fill: look.ink || "var(--text)" };
  if (look.ground) return { fill: look.ground };
  return look.ink ? { ink: look.ink } : null;
}

const two = (n: number, digits = 2) => String(n).padStart(digits, "0");

/** The time of day by the reader's clock: "14:02:01.050". */
function clock(rfc3339: string): string {
  const at = new Date(rfc3339);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${two(at.getMilliseconds(), 3)}`;
}
