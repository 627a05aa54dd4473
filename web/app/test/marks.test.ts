import { expect, test } from "vitest";

import { parse } from "../src/layout/ansi";
import { finder, linked, marked } from "../src/layout/marks";

const links = (line: string) => linked(parse(line).spans).filter((span) => span.href).map((span) => span.href);

test.each<[string, string, string[]]>([
  ["an address", "see https://example.org/a?b=c#d now", ["https://example.org/a?b=c#d"]],
  ["two", "http://a.example http://b.example:8080/x", ["http://a.example", "http://b.example:8080/x"]],
  ["the end of a sentence", "at https://example.org/a. Or https://example.org/b, (https://example.org/c)!",
    ["https://example.org/a", "https://example.org/b", "https://example.org/c"]],
  ["brackets of its own", "https://example.org/a_(b)", ["https://example.org/a_(b)"]],
  ["quotes", "'https://example.org/a'", ["https://example.org/a"]],
  ["other schemes", "javascript:alert(1) data:text/html,x ftp://a.example file:///etc/passwd", []],
  ["no address", "https:// http://[ ://", []],
  ["a script after it", "https://a.example/<script>", ["https://a.example/"]],
  ["a control character ends it", "https://a.example/\u202egpj.exe", ["https://a.example/"]],
])("links: %s", (_, line, want) => {
  expect(links(line)).toEqual(want);
  // Nothing of the text is lost, and what is shown of a link is where it leads.
  const spans = linked(parse(line).spans);
  expect(spans.map((span) => span.text).join("")).toBe(parse(line).spans.map((span) => span.text).join(""));
  for (const span of spans) if (span.href) expect(span.text).toBe(span.href);
});

const hits = (line: string, needle: string) =>
  marked(linked(parse(line).spans), finder(needle)).map((span) => (span.hit ? `[${span.text}]` : span.text)).join("|");

test.each<[string, string, string, string]>([
  ["nothing is searched for", "a tile", "", "a tile"],
  ["not there", "a tile", "b", "a tile"],
  ["in the middle", "a tile here", "tile", "a |[tile]| here"],
  ["at both ends", "aba", "a", "[a]|b|[a]"],
  ["upper and lower case", "ERROR error", "Error", "[ERROR]| |[error]"],
  ["across colours", "\x1b[31mer\x1b[32mror", "error", "[er]|[ror]"],
  ["what a pattern would mean", "a.b a+b (x) $", "a+b", "a.b |[a+b]| (x) $"],
  ["in a link", "https://a.example/x", "example", "https://a.|[example]|/x"],
  ["beyond the first plane", "x🚀y", "🚀", "x|[🚀]|y"],
])("marks: %s", (_, line, needle, want) => expect(hits(line, needle)).toBe(want));
