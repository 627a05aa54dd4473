// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { TaskRow } from "../src/api/types";
import { nothingSelected } from "../src/layout/selection";
import { selection } from "../src/state/chosen";
import { TaskList } from "../src/state/tasks";
import { TaskTable } from "../src/view/TaskTable";

const task = (id: number, changes: Partial<TaskRow> = {}): TaskRow => ({
  id: String(id), description: `task ${id}`, status: "RUNNING", progress: 0, etaSeconds: 30, owner: "ann", labels: [{ key: "env", value: "prod" }],
  createdAt: "2026-01-01T00:00:00Z", startedAt: "2026-01-01T00:00:00Z", finishedAt: null, updatedAt: "2026-01-01T00:00:00Z", stalledSince: null, version: 1, ...changes,
});

const onLabel = vi.fn();
const onOwner = vi.fn();
let list: TaskList;
let root: HTMLElement;

beforeEach(() => {
  root = document.body.appendChild(document.createElement("div"));
  list = new TaskList();
  list.rows.value = [3, 2, 1].map((id) => ({ id: String(id), task: signal(task(id)), out: signal(false) }));
  act(() => render(<TaskTable list={list} onLabel={onLabel} onOwner={onOwner} />, root));
});

afterEach(() => {
  act(() => render(null, root));
  root.remove();
  selection.value = nothingSelected;
});

const rowOf = (id: number) => root.querySelector<HTMLElement>(`[data-id="${id}"]`)!;
const press = (key: string) => act(() => void (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
const focused = () => (document.activeElement as HTMLElement).closest<HTMLElement>("[data-id]")?.dataset["id"];

test("a tick repaints its own row and nothing else", async () => {
  const touched = new Set<Element | null>();
  const watch = (records: MutationRecord[]) => {
    for (const { target } of records) touched.add((target instanceof Element ? target : target.parentElement)?.closest("tr") ?? null);
  };
  const observer = new MutationObserver(watch);
  observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  act(() => void (list.rows.value[1]!.task.value = task(2, { progress: 41.7, version: 2 })));
  await new Promise<void>((done) => queueMicrotask(done));
  watch(observer.takeRecords());
  observer.disconnect();
  expect(rowOf(2).querySelector('[role="progressbar"]')?.getAttribute("aria-valuenow")).toBe("41");
  expect(rowOf(2).textContent).toContain("41%");
  expect([...touched]).toEqual([rowOf(2)]);
});

test("what a task wrote is shown as text, apart from what is around it", () => {
  const evil = "\u202e<img src=x onerror=alert(1)>\u0007";
  act(() => void (list.rows.value[0]!.task.value = task(3, { description: evil, labels: [{ key: evil, value: evil }], owner: evil, version: 2 })));
  expect(rowOf(3).querySelector("img")).toBe(null);
  for (const element of rowOf(3).querySelectorAll(".task-what a, .label span, .task-owner button")) {
    expect(element.textContent).toBe("⟨U+202E⟩<img src=x onerror=alert(1)>␇");
    expect(element.classList.contains("foreign")).toBe(true);
  }
  expect(rowOf(3).querySelectorAll(".label span").length).toBe(2);
});

test("j and k go through the rows, x chooses, also from a box to tick", () => {
  press("j");
  expect(focused()).toBe("3");
  press("j");
  press("x");
  expect([...selection.value.ids]).toEqual(["2"]);
  rowOf(2).querySelector("input")?.focus();
  press("j");
  expect(focused()).toBe("1");
  press("j");
  expect(focused()).toBe("1");
  press("k");
  press("x");
  expect(selection.value.ids.size).toBe(0);
});

test("a click with shift chooses a range, the box above all", () => {
  const click = (id: number, shiftKey = false) => act(() => void rowOf(id).querySelector("input")?.dispatchEvent(new MouseEvent("click", { shiftKey, bubbles: true, cancelable: true })));
  click(3);
  click(1, true);
  expect([...selection.value.ids].sort()).toEqual(["1", "2", "3"]);
  expect(rowOf(2).classList.contains("is-chosen")).toBe(true);
  act(() => root.querySelector<HTMLElement>("thead input")?.click());
  expect(selection.value.ids.size).toBe(0);
});

test("labels and owners filter; what matches no longer says so", () => {
  act(() => rowOf(3).querySelector<HTMLElement>(".label")?.click());
  expect(onLabel).toHaveBeenCalledWith({ key: "env", value: "prod" });
  act(() => rowOf(3).querySelector<HTMLElement>(".task-owner button")?.click());
  expect(onOwner).toHaveBeenCalledWith("ann");
  act(() => void (list.rows.value[0]!.out.value = true));
  expect(rowOf(3).classList.contains("is-out")).toBe(true);
});
