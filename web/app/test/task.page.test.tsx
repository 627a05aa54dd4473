// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test } from "vitest";

import { server, until } from "./fakeserver";
import { button, requireAccessible } from "./forms";
import { statuses, type TaskShot } from "../src/api/types";
import { TaskPage } from "../src/page/TaskPage";
import { navigate, search } from "../src/state/route";
import { viewer } from "../src/state/session";

const override = "\u202Egnp.exe";
const shown = "⟨U+202E⟩gnp.exe";

const task = (changes: Partial<TaskShot> = {}) => ({
  id: "7", description: `<img src=x onerror=alert(1)> ${override}`, status: "FAILED", progress: 40, etaSeconds: null, owner: "ann",
  labels: [{ key: "env", value: "<b>prod</b>" }], priority: 0, createdAt: "2026-01-01T00:00:00.000Z", startAfter: null,
  timeoutSeconds: null, startedAt: "2026-01-01T00:00:01.000Z", finishedAt: "2026-01-01T00:00:05.000Z",
  updatedAt: "2026-01-01T00:00:05.000Z", stalledSince: null, attempt: 1, maxAttempts: 1, version: 5,
  error: { code: "EXIT_CODE", message: "Exited with code 3", stepId: "7-2", contentId: "7-2-1" },
  endedBy: { by: "task", at: "2026-01-01T00:00:05.000Z", signals: [], survivors: 0 },
  steps: ["7-1", "7-2"].map((id, i) => ({
    id, description: `step ${id}`, status: i === 0 ? "SUCCEEDED" : "FAILED", progress: 50, startTime: null, finishTime: null,
    contents: [{
      id: `${id}-1`, message: `content ${id}-1`, status: i === 0 ? "SUCCEEDED" : "FAILED", isProgressAvailable: false, progress: 0,
      runType: "shell", exitCode: i === 0 ? 0 : 3, startTime: null, finishTime: null, error: null,
    }],
  })),
  execId: "exec_7", variables: { "<i>x</i>": "y" }, waitingFor: null, attempts: [], results: [], ...changes,
});

let root: HTMLElement;

/** Opens the page with a task, and waits until it is shown. */
async function open(changes: Partial<TaskShot> = {}): Promise<void> {
  server.answer = ({ query }) => (query.includes("ContentCode") ? { node: { code: "exit 3 # <b>", params: null } } : { task: task(changes) });
  render(<TaskPage id="7" />, root);
  await until(() => expect(root.querySelector("h1")?.className).toBe("foreign"));
}

const press = (key: string) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

beforeEach(() => {
  server.reset();
  navigate("/tasks/7");
  viewer.value = { name: "ann", role: "MEMBER" };
  root = document.createElement("main");
  document.body.replaceChildren(root);
});

afterEach(() => render(null, root));

test("what a task wrote is text, and keeps its direction to itself", async () => {
  await open();
  expect(root.querySelectorAll("img, b, i").length).toBe(0);
  expect(root.querySelector("h1")?.textContent).toContain(shown);
  expect(document.title).toBe(`Failed · \u2068<img src=x onerror=alert(1)> ${shown}\u2069 · Stepcast`);
  navigate("/tasks/7?tab=details");
  await until(() => expect(root.textContent).toContain("<i>x</i>"));
  for (const code of root.querySelectorAll("td code")) expect(code.closest(".foreign")).not.toBeNull();
});

test("the step that failed is open, the other opens when asked", async () => {
  await open();
  const heads = [...root.querySelectorAll(".step-head")];
  expect(heads.map((head) => head.getAttribute("aria-expanded"))).toEqual(["false", "true"]);
  (heads[0] as HTMLElement).click();
  await until(() => expect(document.getElementById("7-1-1")).not.toBeNull());
});

test("the error leads to the content to blame", async () => {
  navigate("/tasks/7?tab=details");
  await open();
  [...root.querySelectorAll("a")].find((link) => link.textContent?.includes("7-2-1"))?.click();
  await until(() => expect(document.activeElement?.id).toBe("7-2-1"));
});

test("code is asked for when it is shown", async () => {
  await open();
  expect(server.requests.some(({ query }) => query.includes("ContentCode"))).toBe(false);
  button("Code of: content 7-2-1").click();
  await until(() => expect(root.querySelector("pre")?.textContent).toBe("exit 3 # <b>"));
  expect(server.requests.at(-1)?.variables).toEqual({ id: "7-2-1" });
});

test("tabs are in the address, and arrows go through them", async () => {
  await open();
  const tab = () => root.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]');
  tab()?.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
  await until(() => expect(tab()?.textContent).toBe("Details"));
  expect(search.value.get("tab")).toBe("details");
  expect(document.activeElement).toBe(tab());
  press("s");
  await until(() => expect(tab()?.textContent).toBe("Steps"));
  expect(search.value.get("tab")).toBeNull();
});

test("an address with a line shows the log; another tab takes the line off it", async () => {
  navigate("/tasks/7#L2");
  await open();
  await until(() => expect(root.querySelector('[role="log"]')).not.toBeNull());
  expect([search.value.get("tab"), location.hash]).toEqual(["log", "#L2"]);
  press("l");
  expect(location.hash).toBe("#L2");
  press("t");
  await until(() => expect(root.querySelector('[role="treegrid"]')).not.toBeNull());
  expect([search.value.get("tab"), location.hash]).toEqual(["timeline", ""]);
  press("u");
  await until(() => expect(root.querySelector('[role="tab"][aria-selected="true"]')?.textContent).toBe("Resources"));
});

test("retrying is confirmed, waits for the answer, and tells of a refusal", async () => {
  await open();
  press("r");
  await until(() => expect(document.querySelector("dialog")?.textContent).toContain("number 2"));
  let answer = (_: unknown) => {};
  server.answer = () => new Promise((resolve) => (answer = resolve));
  const confirm = document.querySelector<HTMLButtonElement>("dialog .primary")!;
  confirm.click();
  await until(() => expect(confirm.disabled).toBe(true));
  answer({ answer: { task: null, userErrors: [{ code: "LIMIT", field: null, message: "enough attempts", retryAfterSeconds: null }] } });
  await until(() => expect(document.querySelector('dialog [role="alert"]')?.textContent).toBe("enough attempts"));
  expect(confirm.disabled).toBe(false);
  expect(server.requests.at(-1)?.variables).toEqual({ input: { id: "7", ifVersion: 5 } });
});

test("who may not control a task is told so, and asked nothing", async () => {
  viewer.value = { name: "eve", role: "VIEWER" };
  await open();
  const cancel = button("Cancel task");
  expect(cancel.getAttribute("aria-disabled")).toBe("true");
  expect(cancel.title).toMatch(/role VIEWER/);
  cancel.click();
  expect(document.querySelector("dialog")).toBeNull();
});

test.each(statuses.filter((status) => status !== "SKIPPED"))("%s: what machines can tell of accessibility is in order", async (status) => {
  await open({ status });
  await requireAccessible(root);
});
