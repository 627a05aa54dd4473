// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";

import { until } from "./fakeserver";
import { notices } from "../src/state/announce";
import { language } from "../src/state/preferences";
import { startTexts } from "../src/state/texts";
import { en } from "../src/text/en";
import { text, texts } from "../src/text/text";
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

test("the texts of the language in use are loaded, and those of another when it is chosen", async () => {
  texts.value = {};
  serves = false;
  await expect(startTexts()).rejects.toThrow("en: 503 Unavailable");
  serves = true;
  asked = [];
  await startTexts();
  expect([asked, text("app.tasks"), document.documentElement.lang]).toEqual([["/en.json"], en["app.tasks"], "en"]);

  language.value = "zh";
  expect(text("app.tasks")).toBe(en["app.tasks"]);
  await until(() => expect(text("app.tasks")).toBe(zh["app.tasks"]));
  expect([asked.at(-1), document.documentElement.lang]).toEqual(["/zh.json", "zh-Hans"]);

  serves = false;
  language.value = "en";
  await until(() => expect(language.value).toBe("zh"));
  expect(notices.value.at(-1)).toMatchObject({ kind: "problem", text: expect.stringContaining("503") });
  expect(text("app.tasks")).toBe(zh["app.tasks"]);
});

test("both languages have all texts, with the same places to fill in", () => {
  const places = (of: Record<string, string>) => Object.fromEntries(Object.entries(of).map(([key, one]) => [key, [...new Set(one.match(/\{\d\}/g))].sort()]));
  expect(places(zh)).toEqual(places(en));
});
