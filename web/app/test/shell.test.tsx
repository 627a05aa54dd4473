// @vitest-environment happy-dom
import axe from "axe-core";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";

import { server } from "./fakeserver";
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

test("the menu says whether it is open", async () => {
  const menu = document.querySelector<HTMLButtonElement>('[aria-controls="preferences"]')!;
  expect(menu.getAttribute("aria-expanded")).toBe("false");
  await act(() => menu.click());
  expect(menu.getAttribute("aria-expanded")).toBe("true");
  expect(document.getElementById("preferences")?.className).toContain("is-open");
});
