// @vitest-environment happy-dom
import axe from "axe-core";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { server, until } from "./fakeserver";
import { notify } from "../src/state/announce";
import { viewer } from "../src/state/session";
import { Shell } from "../src/view/Shell";

beforeEach(() => {
  server.reset();
  viewer.value = { name: "ann", role: "ADMIN" };
  render(<Shell><h1>Here</h1></Shell>, document.body);
});
afterEach(() => render(null, document.body));

test("all that is shown is in a landmark, notices too", async () => {
  await act(() => notify("something happened", "problem"));
  expect(document.querySelector(".notice")?.textContent).toContain("something happened");
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
});

test("a language that cannot be had is not chosen, and the page says why", async () => {
  vi.stubGlobal("fetch", async () => new Response("", { status: 503, statusText: "Unavailable" }));
  const select = [...document.querySelectorAll("select")].find((one) => one.value === "en")!;
  select.value = "zh";
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await until(() => expect(document.querySelector(".notices")?.textContent).toContain("zh: 503 Unavailable"));
  expect([select.value, document.documentElement.lang]).toEqual(["en", "en"]);
});

test("the menu says whether it is open", async () => {
  const menu = document.querySelector<HTMLButtonElement>('[aria-controls="preferences"]')!;
  expect(menu.getAttribute("aria-expanded")).toBe("false");
  await act(() => menu.click());
  expect(menu.getAttribute("aria-expanded")).toBe("true");
  expect(document.getElementById("preferences")?.className).toContain("is-open");
});
