// @vitest-environment happy-dom
import { expect, test } from "vitest";

import { language } from "../src/state/preferences";
import { since } from "../src/text/since";

test.each([
  [0, "0"], [0.4, "0"], [5, "5 ms"], [-200, "−200 ms"], [1_500, "1.5 s"], [61_050, "1 min 1.05 s"], [-10_000, "−10 s"],
  [3_600_000, "1 h"], [3_750_400, "1 h 2 min 30 s"], [90_000_000, "1 d 1 h"],
])("%d ms are %s", (milliseconds, expected) => {
  language.value = "en";
  expect(since(milliseconds)).toBe(expected);
});

test("in Chinese", () => {
  language.value = "zh";
  expect(since(61_500)).toBe("1 分 1.5 秒");
});
