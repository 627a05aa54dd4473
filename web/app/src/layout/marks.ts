import type { Span } from "./ansi";

// What may stand in an address (RFC 3986), and not what a sentence ends with.
const address = /\bhttps?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]{1,2000}/gi;
const trailing = /[.,;:!?'\])]+$/;

/** Cuts the addresses out of the spans, as links. Only http and https lead anywhere. */
export function linked(spans: Span[]): Span[] {
  return spans.flatMap((span) => (span.sign || !span.text.includes("://") ? [span] : linksOf(span)));
}

function linksOf(span: Span): Span[] {
  const parts: Span[] = [];
  let from = 0;
  for (const match of span.text.matchAll(address)) {
    const text = trimmed(match[0]);
    if (!URL.canParse(text)) continue;
    if (match.index > from) parts.push({ ...span, text: span.text.slice(from, match.index) });
    parts.push({ ...span, text, href: text });
    from = match.index + text.length;
  }
  if (from < span.text.length) parts.push({ ...span, text: span.text.slice(from) });
  return parts;
}

/** An address without what follows it in a sentence; brackets that it opened itself stay. */
function trimmed(text: string): string {
  const bare = text.replace(trailing, "");
  const closes = text.slice(bare.length).startsWith(")") && bare.includes("(") && !bare.includes(")");
  return closes ? `${bare})` : bare;
}

/** What finds a text in a line, upper and lower case alike; null for an empty text. */
export function finder(needle: string): RegExp | null {
  return needle ? new RegExp(needle.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "giu") : null;
}

/** Marks what the finder finds in the text of all spans together, across their bounds. */
export function marked(spans: Span[], find: RegExp | null): Span[] {
  if (!find) return spans;
  const hits = [...spans.map((span) => span.text).join("").matchAll(find)].map((hit) => [hit.index, hit.index + hit[0].length] as const);
  if (hits.length === 0) return spans;
  const parts: Span[] = [];
  let begin = 0;
  let next = 0;
  for (const span of spans) {
    const end = begin + span.text.length;
    let at = begin;
    while (at < end) {
      while (next < hits.length && hits[next]![1] <= at) next++;
      const [from, to] = hits[next] ?? [Infinity, Infinity];
      const inside = from <= at;
      const until = Math.min(end, inside ? to : from);
      const part: Span = { ...span, text: span.text.slice(at - begin, until - begin) };
      parts.push(inside ? { ...part, hit: true } : part);
      at = until;
    }
    begin = end;
  }
  return parts;
}
