// @vitest-environment happy-dom
import { type Signal, signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { language } from "../src/state/preferences";
import type { TimelineTask } from "../src/state/timeline";
import { Timeline } from "../src/view/Timeline";
import { recording, serve } from "./recorded";

const recorded = recording("retry");
const end = recorded.states.at(-1)!;
const begin = recorded.events[0]!.at;

/** The chart has a place of this size; the test's document lays nothing out. */
class Observer {
  static open = 0;
  constructor(readonly resized: () => void) {}
  observe(element: HTMLElement) {
    Observer.open++;
    Object.defineProperties(element, { clientWidth: { value: 1_000 }, clientHeight: { value: 600 } });
    this.resized();
  }
  disconnect() {
    Observer.open--;
  }
}

let root: HTMLElement;
let task: Signal<TimelineTask>;
let asked: ReturnType<typeof serve>;

beforeEach(async () => {
  Observer.open = 0;
  language.value = "en";
  asked = serve(recorded);
  vi.stubGlobal("ResizeObserver", Observer);
  task = signal<TimelineTask>({ ...end, id: "1", createdAt: begin });
  document.body.append((root = document.createElement("main")));
  await act(() => render(<Timeline task={task} />, root));
  await vi.waitFor(() => expect([slider().disabled, root.querySelectorAll(".timeline-attempt option").length]).toEqual([false, 2]));
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

const find = <T extends Element = HTMLElement>(selector: string) => root.querySelector<T>(selector)!;
const rows = () => [...root.querySelectorAll('[role="row"]')];
const told = (row: Element) => row.querySelector('[role="gridcell"] .visually-hidden')!.textContent;
const slider = () => find<HTMLInputElement>('input[type="range"]');
const button = (name: string) => [...root.querySelectorAll("button")].find((one) => (one.getAttribute("aria-label") ?? one.textContent) === name)!;
const seek = (number: number) =>
  act(() => {
    slider().value = String(number);
    slider().dispatchEvent(new InputEvent("input", { bubbles: true }));
  });

test("shows the task and its steps, and the contents of a step that is opened", async () => {
  expect(rows().map((row) => row.querySelector(".timeline-name")!.textContent)).toEqual(["Task", "Fetch the register", "Check", "Load"]);
  expect(told(rows()[1]!)).toMatch(/^Succeeded · .* to .*, 3 s · in an earlier attempt$/);
  await act(() => void rows()[3]!.dispatchEvent(new MouseEvent("click", { bubbles: true })));
  expect(rows().slice(4).map((row) => [row.getAttribute("aria-level"), row.querySelector(".timeline-name")!.textContent])).toEqual([
    ["2", "Load rows"], ["2", "Create tables"], ["2", "Copy rows"], ["2", "Build index"],
  ]);
});

test("goes to the past by its slider, says so, and comes back", async () => {
  expect(find(".timeline-past")).toBeNull();
  const first = Number(slider().min);
  await seek(first);
  await vi.waitFor(() => expect(find(".timeline-past").textContent).toContain("You are looking at the past"));
  expect(slider().getAttribute("aria-valuetext")).toMatch(/^Event 1 of \d+, −/);
  expect(told(rows()[2]!)).toMatch(/^Failed .* in an earlier attempt$/);
  await act(() => button("Next event").click());
  expect(slider().value).toBe(String(first + 1));
  expect(told(rows()[2]!)).toBe("Waiting · not started");
  await act(() => button("Now").click());
  expect(find(".timeline-past")).toBeNull();
  expect(told(rows()[2]!)).toMatch(/^Succeeded/);
});

test("its keys work while the slider has the focus", async () => {
  const key = (name: string) => act(() => void slider().dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true })));
  await seek(Number(slider().min));
  await key(".");
  await vi.waitFor(() => expect(slider().value).toBe(String(Number(slider().min) + 1)));
  await key(",");
  await vi.waitFor(() => expect(slider().value).toBe(slider().min));
});

test("nothing measures the chart once it is gone", () => {
  expect(Observer.open).toBe(1);
  render(null, root);
  expect(Observer.open).toBe(0);
});

test("shows an earlier attempt as it ended", async () => {
  const select = find<HTMLSelectElement>(".timeline-attempt select");
  await act(() => {
    select.value = "1";
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await vi.waitFor(() => expect(find(".timeline-past")).not.toBeNull());
  expect(rows().map((row) => told(row)!.split(" · ")[0])).toEqual(["Running", "Succeeded", "Failed", "Skipped"]);
  expect(slider().min).toBe("1");
  await act(() => button("Now").click());
  await vi.waitFor(() => expect(slider().min).not.toBe("1"));
});

test("moves the focus by keys, and opens a step", async () => {
  const press = (key: string) => act(() => void find('[role="treegrid"]').dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
  const tabbed = () => find('[role="row"][tabindex="0"]').getAttribute("aria-rowindex");
  expect(tabbed()).toBe("1");
  await press("End");
  expect(tabbed()).toBe("4");
  await press("ArrowRight");
  expect(rows()).toHaveLength(8);
  await press("End");
  expect(tabbed()).toBe("8");
  await press("ArrowLeft");
  expect(tabbed()).toBe("4");
  await press("ArrowLeft");
  expect(rows()).toHaveLength(4);
});

test("reads changes of the status when the task has one, after those that it knows", async () => {
  const before = asked.length;
  await act(() => void (task.value = { ...task.value, version: end.version + 1, status: "FAILED" }));
  await vi.waitFor(() => expect(asked.slice(before).map(({ variables: v }) => v["after"])).toContain(`1:${end.version}`));
  expect(slider().max).toBe(String(end.version + 1));
});

test("says what could not be read, and tries again when asked to", async () => {
  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no network")));
  await seek(Number(slider().min));
  await vi.waitFor(() => expect(find('[role="alert"]').textContent).toContain("The server cannot be reached"));
  serve(recorded);
  await act(() => button("Try again").click());
  await vi.waitFor(() => expect(find(".timeline-past")).not.toBeNull());
  expect(find('[role="alert"]')).toBeNull();
});
