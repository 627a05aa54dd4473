import { expect, test } from "vitest";

import { readable } from "../src/layout/signs";
import { isolated } from "../src/layout/task";

test.each([
  ["safe\u202egnp.exe", "safe⟨U+202E⟩gnp.exe"],
  ["\u2067a\u2069 \x1b[2J\x07\x7f\u0085\0", "⟨U+2067⟩a⟨U+2069⟩ ␛[2J␇␡⟨U+0085⟩␀"],
  ["over\rwritten\r\nnext\tline", "over␍written\r\nnext\tline"],
  ["שלום\u200f, 👩\u200d👧, Zażółć", "שלום\u200f, 👩\u200d👧, Zażółć"],
])("%j is shown so that it can be read", (written, shown) => {
  expect(readable(written)).toBe(shown);
  expect(isolated(written)).toBe(`\u2068${shown}\u2069`);
});
