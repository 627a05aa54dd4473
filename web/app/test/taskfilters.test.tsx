// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { addressOf, type ListQuery, readQuery } from "../src/layout/listquery";
import { TaskFilters } from "../src/view/TaskFilters";

let root: HTMLElement;
let query: ListQuery;
const steps: [string, boolean][] = [];

function show(next: ListQuery): void {
  query = next;
  act(() => render(<TaskFilters query={query} counts={new Map([["FAILED", { status: "FAILED", count: 10_000, exact: false }]])} onChange={(to, replace = false) => {
    steps.push([addressOf(to), replace]);
    show(to);
  }} />, root));
}

beforeEach(() => {
  vi.useFakeTimers();
  steps.length = 0;
  root = document.body.appendChild(document.createElement("div"));
  show(readQuery(new URLSearchParams()));
});

afterEach(() => {
  act(() => render(null, root));
  root.remove();
  vi.useRealTimers();
});

const chip = (name: string) => [...root.querySelectorAll<HTMLElement>(".chip")].find((one) => one.textContent?.startsWith(name))!;

function type(selector: string, value: string): void {
  const input = root.querySelector<HTMLInputElement>(selector)!;
  input.value = value;
  act(() => void input.dispatchEvent(new Event("input", { bubbles: true })));
}

test("what is typed counts when the writer pauses, with the conditions of then, and leaves no step", () => {
  type(".filters-search", "ti");
  act(() => void vi.advanceTimersByTime(200));
  type(".filters-search", "tiles");
  act(() => chip("Failed").click());
  act(() => void vi.advanceTimersByTime(250));
  expect(steps).toEqual([["/?status=FAILED", false], ["/?status=FAILED&text=tiles", true]]);
});

test("a chip is pressed when its status is shown, and tells how many there are", () => {
  expect(chip("All").getAttribute("aria-pressed")).toBe("true");
  act(() => chip("Failed").click());
  expect(chip("Failed").getAttribute("aria-pressed")).toBe("true");
  expect(chip("All").getAttribute("aria-pressed")).toBe("false");
  expect(chip("Failed").textContent).toContain("10,000+");
});

test("a label is added by its form and taken away by its button", () => {
  root.querySelector<HTMLInputElement>(".filters-label")!.value = "env=prod";
  act(() => void root.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
  expect(steps.at(-1)).toEqual(["/?label=env%3Dprod", false]);
  act(() => root.querySelector<HTMLElement>(".label")!.click());
  expect(steps.at(-1)).toEqual(["/", false]);
});
