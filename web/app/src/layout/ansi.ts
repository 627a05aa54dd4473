import { apply, type Look, plain } from "./sgr";
import { signOf } from "./signs";

/** A piece of a line that looks the same throughout. */
export interface Span {
  text: string;
  look: Look;
  /** It stands for a character that would not be seen, or would act on what is around it. */
  sign?: true;
  /** Where it leads. */
  href?: string;
  /** It is what was searched for. */
  hit?: true;
}

export interface Parsed {
  spans: Span[];
  /** How many characters of the line are not among the spans. */
  rest: number;
}

/** How much of a line is shown: characters and spans at most. */
export interface Limits {
  characters: number;
  spans: number;
}

/** What a row shows of its line, and what is shown of a line alone. */
export const rowLimits: Limits = { characters: 2_000, spans: 300 };
export const wholeLimits: Limits = { characters: 70_000, spans: 3_000 };

// SGR sequences; else single characters that act or cannot be seen: C0 without the tab, DEL, C1,
// bidi controls, zero widths, fillers, line and paragraph separators, annotations and tags.
const special =
  /\x1b\[([\d;:]{0,200})m|[\0-\x08\x0a-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udfff]/g;

/** The line as it is searched: without the sequences that only colour it. */
export const stripped = (line: string): string => (line.includes("\x1b") ? line.replace(/\x1b\[[\d;:]{0,200}m/g, "") : line);

/**
 * A line as spans. Colours begin anew with each line. Sequences other than SGR, and those
 * after the last span allowed, are shown as they were written, with a sign for the escape.
 */
export function parse(line: string, limits: Limits = rowLimits): Parsed {
  const shown = line.length > limits.characters ? line.slice(0, limits.characters) : line;
  const spans: Span[] = [];
  let look = plain;
  let from = 0;
  const put = (text: string, sign: boolean) => {
    const last = spans.at(-1);
    if (!text) return;
    if (last && last.look === look && !last.sign === !sign) last.text += text;
    else spans.push(sign ? { text, look, sign } : { text, look });
  };
  for (const match of shown.matchAll(special)) {
    if (spans.length >= limits.spans) break;
    put(shown.slice(from, match.index), false);
    from = match.index + match[0].length;
    if (match[1] !== undefined) look = apply(look, match[1]);
    else put(signOf(match[0]), true);
  }
  if (spans.length < limits.spans) {
    put(shown.slice(from), false);
    from = shown.length;
  }
  return { spans, rest: line.length - from };
}
