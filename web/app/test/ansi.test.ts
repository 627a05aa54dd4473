import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { cpuTime } from "./cpu";
import { parse, rowLimits, type Span, stripped, wholeLimits } from "../src/layout/ansi";
import { contrast, css, indexed, readable } from "../src/layout/colour";
import { apply, type Look, plain } from "../src/layout/sgr";
import { signOf } from "../src/layout/signs";

const tokens = readFileSync(new URL("../src/style/tokens.css", import.meta.url), "utf8");
const esc = "\x1b";

/** Spans as text, with what differs from plain in brackets. */
function written(spans: Span[]): string {
  return spans
    .map((span) => {
      const differs = Object.entries(span.look).filter(([, value]) => value !== "" && value !== false);
      const look = differs.map(([name, value]) => (value === true ? name : `${name} ${value}`)).join(", ");
      const text = span.sign ? `<${span.text}>` : span.text;
      return look ? `[${look}: ${text}]` : text;
    })
    .join("");
}

test.each<[string, string, string]>([
  ["nothing", "", ""],
  ["plain text", "tile 1", "tile 1"],
  ["a colour and its end", `${esc}[31mred${esc}[0m on`, "[ink var(--ansi-1): red] on"],
  ["an empty sequence ends all", `${esc}[1;4mx${esc}[my`, "[bold, underline: x]y"],
  ["each end ends its own", `${esc}[1;3;4;31ma${esc}[22mb${esc}[39mc${esc}[23md${esc}[24me`,
    "[ink var(--ansi-1), bold, italic, underline: a][ink var(--ansi-1), italic, underline: b][italic, underline: c][underline: d]e"],
  ["bright colours, and grounds", `${esc}[97;104mx`, "[ink var(--ansi-15), ground var(--ansi-12): x]"],
  ["one of 256 that is of the theme", `${esc}[38;5;9mx`, "[ink var(--ansi-9): x]"],
  ["inverse", `${esc}[7mx${esc}[27my`, "[inverse: x]y"],
  ["codes that mean nothing here", `${esc}[5;11;58;200mx`, "x"],
  ["nothing is left of a colour for the next code", `${esc}[38;5;1;4mx`, "[ink var(--ansi-1), underline: x]"],
  ["other sequences are shown", `${esc}[2Jx`, "<␛>[2Jx"],
  ["a sequence that never ends", `x${esc}[31`, "x<␛>[31"],
  ["a link of a terminal is shown as it is", `${esc}]8;;http://a\x07`, "<␛>]8;;http://a<␇>"],
  ["control characters", "a\0b\rc\x7fd\x9be", "a<␀>b<␍>c<␡>d<⟨U+009B⟩>e"],
  ["a tab is a tab", "a\tb", "a\tb"],
  ["bidi controls", "a\u202eb\u2066c\u061cd", "a<⟨U+202E⟩>b<⟨U+2066⟩>c<⟨U+061C⟩>d"],
  ["zero widths and fillers", "a\u200bb\ufeffc\u3164d\u00ade", "a<⟨U+200B⟩>b<⟨U+FEFF⟩>c<⟨U+3164⟩>d<⟨U+00AD⟩>e"],
  ["line separators", "a\u2028b\u2029c", "a<⟨U+2028⟩>b<⟨U+2029⟩>c"],
  ["tags, which no font shows", "a\u{e0041}b", "a<⟨U+E0041⟩>b"],
  ["half a character", "a\ud83db", "a<⟨U+D83D⟩>b"],
  ["whole ones beyond the first plane", "🚀中文 שלום", "🚀中文 שלום"],
])("%s", (_, line, want) => {
  const { spans, rest } = parse(line);
  expect(written(spans)).toBe(want);
  expect(rest).toBe(0);
});

test("colours end with the line", () => {
  parse(`${esc}[31mred`);
  expect(written(parse("next").spans)).toBe("next");
});

test("what is not shown is counted", () => {
  const { spans, rest } = parse("x".repeat(60_000));
  expect(spans.map((span) => span.text.length)).toEqual([rowLimits.characters]);
  expect(rest).toBe(60_000 - rowLimits.characters);
});

test("a line of 64 KiB with 10,000 sequences has few spans and is parsed at once", () => {
  const line = Array.from({ length: 10_000 }, (_, i) => `${esc}[3${i % 8}m${i % 10}`).join("");
  const begun = cpuTime();
  for (let i = 0; i < 20; i++) {
    expect(parse(line).spans.length).toBeLessThanOrEqual(rowLimits.spans);
    const whole = parse(line, wholeLimits);
    expect(whole.spans.length).toBeLessThanOrEqual(wholeLimits.spans);
    expect(whole.rest).toBeGreaterThan(0);
  }
  expect((cpuTime() - begun) / 20).toBeLessThan(250);
});

test.each([["\x1b", "␛"], ["\x00", "␀"], ["\u200b", "⟨U+200B⟩"], ["\u{e0020}", "⟨U+E0020⟩"]])("the sign of %j", (character, want) => {
  expect(signOf(character)).toBe(want);
});

test("a line is searched without what colours it", () => {
  expect(stripped(`${esc}[31mer${esc}[0;1mror${esc}[2J`)).toBe(`error${esc}[2J`);
});

test.each<[string, string, Partial<Look>]>([
  ["256 by semicolons", "38;5;208", { ink: css(255, 135, 0) }],
  ["256 by colons", "38:5:208", { ink: css(255, 135, 0) }],
  ["grey", "48;5;244", { ground: css(128, 128, 128) }],
  ["true colour by semicolons", "38;2;1;2;3", { ink: css(1, 2, 3) }],
  ["true colour by colons", "38:2:1:2:3", { ink: css(1, 2, 3) }],
  ["true colour with a colour space", "38:2:0:1:2:3", { ink: css(1, 2, 3) }],
  ["a channel too many", "38;2;1;2;300", {}],
  ["no number", "38;5;", { ink: "var(--ansi-0)" }],
  ["a number too large", "38;5;256", {}],
  ["cut off", "38;2;1", {}],
  ["an underline of a kind", "4:3", { underline: true }],
  ["no underline", "4;4:0", {}],
])("%s", (_, parameters, want) => {
  expect(apply(plain, parameters)).toEqual({ ...plain, ...want });
});

test("every colour can be read in both themes", () => {
  for (let r = 0; r < 256; r += 15) for (let g = 0; g < 256; g += 15) for (let b = 0; b < 256; b += 15) {
    const [light, dark] = readable([r, g, b]);
    expect(contrast(light, [251, 251, 252])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, [20, 23, 29])).toBeGreaterThanOrEqual(4.5);
  }
});

/** A token of tokens.css that is written light-dark(#…, #…), or by its own light and dark values. */
function token(name: string): [light: string, dark: string] {
  const pair = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(tokens);
  if (pair) return [pair[1]!, pair[2]!];
  const values = [...tokens.matchAll(new RegExp(`--${name}: (#\\w{6})`, "g"))].map((match) => match[1]!);
  return [values[0]!, values[1]!];
}

const rgb = (hex: string) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];

test.each([..."0123456789abcdef"].map((digit) => parseInt(digit, 16)))("theme colour %i can be read on each ground of a row", (n) => {
  for (const ground of ["log-ground", "log-hover", "log-marked"]) {
    for (const theme of [0, 1] as const) expect(contrast(rgb(token(`ansi-${n}`)[theme]), rgb(token(ground)[theme])), ground).toBeGreaterThanOrEqual(4.5);
  }
});

test("colours that tasks chose can be read on each ground of a row", () => {
  for (const colour of [[10, 10, 60], [255, 255, 0], [128, 128, 128], [0, 0, 255], [255, 0, 0]] as const) {
    for (const ground of ["log-ground", "log-hover", "log-marked"]) {
      for (const theme of [0, 1] as const) expect(contrast(readable(colour)[theme], rgb(token(ground)[theme])), ground).toBeGreaterThanOrEqual(4.5);
    }
  }
  expect(token("log-ground").map(rgb)).toEqual([[251, 251, 252], [20, 23, 29]]);
});

test("a colour that can be read is left as it is", () => {
  expect(readable([255, 255, 0])[1]).toEqual([255, 255, 0]);
  expect(indexed(-1) + indexed(256) + indexed(NaN)).toBe("");
});
