// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { TaskShot } from "../src/api/types";
import { now } from "../src/state/clock";
import { language } from "../src/state/preferences";
import { taskStore, type TaskStore } from "../src/state/task";
import { TaskTimeline } from "../src/view/TaskTimeline";
import { recording, serve } from "./recorded";

const recorded = recording("retry");
const end = recorded.states.at(-1)!;

let root: HTMLElement;
let store: TaskStore;

/** The task as it is at the end of the recording, at a version. */
const shot = (version: number) => ({
  id: "1", ...end, version, createdAt: recorded.events[0]!.at,
  steps: end.steps.map((step) => ({ ...step, contents: step.contents.map((content) => ({ ...content, runType: "shell", exitCode: 0, error: null })) })),
}) as unknown as TaskShot;

beforeEach(async () => {
  language.value = "en";
  serve(recorded);
  vi.stubGlobal("ResizeObserver", class { observe() {} disconnect() {} });
  store = taskStore("1");
  store.take(shot(end.version));
  document.body.append((root = document.createElement("main")));
  await act(() => render(<TaskTimeline store={store} />, root));
  await vi.waitFor(() => expect(slider().disabled).toBe(false));
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

const slider = () => root.querySelector<HTMLInputElement>('input[type="range"]')!;
const button = (name: string) => [...root.querySelectorAll("button")].find((one) => one.textContent === name)!;
const statuses = () => [...root.querySelectorAll(".past-steps .step > h2 .status")].map((one) => one.textContent);
const seek = async (number: number) => {
  await act(() => {
    slider().value = String(number);
    slider().dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  await vi.waitFor(() => expect(statuses()).not.toEqual([]));
};

test("beside the timeline stand the steps as they were, until one comes back to now", async () => {
  expect(root.querySelector(".past-steps")).toBeNull();
  await seek(Number(slider().max) - 1);
  const late = statuses();
  await seek(Number(slider().min) + 1);
  expect(statuses()).not.toEqual(late);
  expect(statuses()[1]).toContain("Waiting");
  expect(root.querySelector(".timeline-past")!.textContent).toContain("You are looking at the past");
  await act(() => button("Now").click());
  expect(root.querySelector(".past-steps")).toBeNull();
});

test("what went on in the past does not count on", async () => {
  const running = recorded.events.findLast((event) => event.__typename === "ContentChanged" && event.status === "RUNNING")!;
  await seek(running.version);
  const times = () => [...root.querySelectorAll(".past-steps .row-time")].map((one) => one.textContent);
  const before = times();
  expect(before.some((time) => time !== "")).toBe(true);
  await act(() => void (now.value += 5_000));
  expect(times()).toEqual(before);
});

test("the timeline grows with the task", async () => {
  await act(() => store.take(shot(end.version + 3)));
  expect(slider().max).toBe(String(end.version + 3));
});
