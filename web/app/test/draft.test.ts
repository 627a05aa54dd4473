// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";

import type { SubmittedTask } from "../src/api/types";

const server = vi.hoisted(() => ({ asked: [] as Record<string, unknown>[], answer: (): unknown => null }));

vi.mock("../src/api/graphql", async (original) => ({
  ...(await original<object>()),
  request: async (_: string, variables: Record<string, unknown>) => {
    server.asked.push(variables);
    return server.answer();
  },
}));

const draft = await import("../src/state/draft");
const { fillFrom } = await import("../src/state/resubmit");

const accepted = () => ({ submitTask: { task: { id: "7" }, userErrors: [] } });
const refused = (...userErrors: object[]) => () => ({ submitTask: { task: null, userErrors } });
const down = () => {
  throw new Error("away");
};
const sent = (i: number) => server.asked[i]?.["input"] as Record<string, unknown>;
const paths = () => draft.problems.value.map(({ path }) => path.join("."));

beforeEach(() => {
  draft.empty();
  draft.replaced.value = null;
  Object.assign(server, { asked: [], answer: accepted });
});

test("a double click sends once, and gives the task", async () => {
  draft.change(["description"], "twice");
  const both = await Promise.all([draft.submit(), draft.submit()]);
  expect(both).toEqual(["7", null]);
  expect(server.asked).toHaveLength(1);
  expect(draft.form.value.description).toBe("");
});

test("the same input has the same key until it is taken; another input has another", async () => {
  server.answer = down;
  draft.change(["description"], "a");
  expect(await draft.submit()).toBe(null);
  expect(draft.problems.value[0]?.message).toContain("away");
  await draft.submit();
  draft.change(["description"], "b");
  await draft.submit();
  const keys = [0, 1, 2].map((i) => sent(i)["idempotencyKey"]);
  expect(keys[0]).toMatch(/^console-[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
  server.answer = accepted;
  await draft.submit();
  draft.change(["description"], "b");
  await draft.submit();
  expect(sent(3)["idempotencyKey"]).toBe(keys[2]);
  expect(sent(4)["idempotencyKey"]).not.toBe(keys[2]);
});

test("a refusal is told where it is, and goes when that is changed", async () => {
  server.answer = refused(
    { code: "INVALID", field: ["steps", "0", "contents", "0", "params", "url"], message: "bad", retryAfterSeconds: null },
    { code: "QUEUE_FULL", field: null, message: "full", retryAfterSeconds: 5 },
  );
  expect(await draft.submit()).toBe(null);
  expect(paths()).toEqual(["steps.0.contents.0.params.url", ""]);
  expect(draft.problems.value[1]?.message).toContain("5");
  draft.change(["steps", 0, "contents", 0, "params"], "{}");
  expect(paths()).toEqual([""]);
  expect(draft.sending.value).toBe(false);
});

test("what cannot be sent is not", async () => {
  draft.change(["priority"], "high");
  expect(await draft.submit()).toBe(null);
  draft.change(["priority"], "");
  draft.written.value = "{";
  expect(await draft.submit()).toBe(null);
  expect(paths()).toEqual([""]);
  draft.written.value = '{"stepz": []}';
  expect(await draft.submit()).toBe(null);
  expect(paths()).toEqual(["stepz"]);
  expect(server.asked).toEqual([]);
});

test("the form is shown as JSON and read back; what it would lose keeps it JSON", () => {
  draft.change(["description"], "both ways");
  draft.writeJson();
  expect(JSON.parse(draft.written.value ?? "")).toMatchObject({ description: "both ways" });
  draft.written.value = '{"description": "changed", "steps": [], "color": "red"}';
  draft.readJson();
  expect(draft.written.value).not.toBe(null);
  expect(paths()).toEqual(["color"]);
  draft.written.value = '{"description": "changed", "steps": []}';
  draft.readJson();
  expect(draft.written.value).toBe(null);
  expect(draft.form.value.description).toBe("changed");
});

test("JSON is sent as it is written, with a key of its own when it has none", async () => {
  draft.written.value = '{"description": "raw", "steps": [], "idempotencyKey": "mine"}';
  await draft.submit();
  expect(sent(0)).toEqual({ description: "raw", steps: [], idempotencyKey: "mine" });
});

test("what is replaced can be had back", () => {
  draft.change(["description"], "mine");
  expect(draft.replace({ description: "example", steps: [] })).toBe(true);
  expect(draft.form.value.description).toBe("example");
  draft.takeBack();
  expect(draft.form.value.description).toBe("mine");
  expect(draft.replaced.value).toBe(null);
  expect(draft.replace({ description: 1 })).toBe(false);
  expect(draft.form.value.description).toBe("mine");
});

test("a draft is kept for the session", async () => {
  vi.useFakeTimers();
  draft.change(["description"], "kept");
  draft.change(["priority"], "not yet a number");
  await vi.advanceTimersByTimeAsync(300);
  vi.useRealTimers();
  vi.resetModules();
  const again = await import("../src/state/draft");
  expect(again.form.value).toMatchObject({ description: "kept", priority: "not yet a number" });
});

test("a task fills the form", async () => {
  const task: SubmittedTask = {
    description: "again", variables: { A: 1 }, labels: [], priority: 3, timeoutSeconds: null, maxAttempts: 1,
    steps: [{ description: "s", contents: [{ message: "m", runType: "shell", code: "echo", params: null }] }],
  };
  server.answer = () => ({ task });
  expect(await fillFrom("7")).toBe(true);
  expect(draft.form.value).toMatchObject({ description: "again", priority: "3", variables: [{ name: "A", kind: "number", value: "1" }] });
  server.answer = () => ({ task: null });
  expect(await fillFrom("8")).toBe(false);
  expect(draft.form.value.description).toBe("again");
});
