// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";

import { language } from "../src/state/preferences";
import { speak } from "../src/state/texts";
import { en } from "../src/text/en";
import { text } from "../src/text/text";
import { zh } from "../src/text/zh";

let asked: string[] = [];
let serves = true;

beforeEach(() => {
  asked = [];
  serves = true;
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    if (!serves) return new Response("", { status: 503, statusText: "Unavailable" });
    return new Response(JSON.stringify(path.endsWith("zh.json") ? zh : en));
  });
});

test("the texts of a language are loaded before it is shown, and all stays as it was where they cannot be", async () => {
  const shown = () => [language.value, text("app.tasks"), document.documentElement.lang];
  const english = ["en", en["app.tasks"], "en"];
  const speaking = speak("zh");
  expect(shown()).toEqual(english);
  await speaking;
  expect(shown()).toEqual(["zh", zh["app.tasks"], "zh-Hans"]);
  expect(asked).toEqual(["/zh.json"]);

  serves = false;
  await expect(speak("en")).rejects.toThrow("en: 503 Unavailable");
  expect(shown()).toEqual(["zh", zh["app.tasks"], "zh-Hans"]);
});

test("the last choice counts, whichever texts come last", async () => {
  await speak("zh");
  let late = () => {};
  vi.stubGlobal("fetch", async (path: string) => {
    if (path.endsWith("zh.json")) await new Promise<void>((resolve) => (late = resolve));
    return new Response(JSON.stringify(path.endsWith("zh.json") ? zh : en));
  });
  const first = speak("zh");
  await speak("en");
  late();
  await first;
  expect([language.value, text("app.tasks")]).toEqual(["en", en["app.tasks"]]);
});

test("both languages have all texts, with the same places to fill in", () => {
  const places = (of: Record<string, string>) => Object.fromEntries(Object.entries(of).map(([key, one]) => [key, [...new Set(one.match(/\{\d\}/g))].sort()]));
  expect(places(zh)).toEqual(places(en));
});
