import { readdirSync, readFileSync } from "node:fs";

import { buildSchema, coerceInputValue, type GraphQLInputType } from "graphql";
import { describe, expect, test } from "vitest";

import { getIn, moved, setIn } from "../src/layout/path";
import { formOf } from "../src/layout/reading";
import { inputOf, newContent, newForm, newVariable } from "../src/layout/submission";
import { inputFrom } from "../src/layout/resubmission";

const examples = new URL("../../../examples/", import.meta.url);
const schema = buildSchema(readFileSync(new URL("../../../schema.graphqls", import.meta.url), "utf8"));
const files = readdirSync(examples).filter((name) => name.endsWith(".json"));

test.each(files)("%s goes into the form and out again", (name) => {
  const input = JSON.parse(readFileSync(new URL(name, examples), "utf8"));
  const { form, faults } = formOf(input);
  expect(faults).toEqual([]);
  const out = inputOf(form);
  expect(out.faults).toEqual([]);
  expect(out.input).toEqual(input);
});

const whole = {
  description: "all of it", descriptionTexts: [{ locale: "zh", text: "全部" }], idempotencyKey: "k", priority: -5, timeoutSeconds: 60, maxAttempts: 3,
  backoffSeconds: 0, startAfter: "2026-01-02T03:04:05Z", secrets: ["A", "B"], labels: [{ key: "a", value: "" }], variables: { N: 1.5, B: false, T: "1" },
  steps: [{ key: "s", description: "", descriptionTexts: [{ locale: "zh", text: "一" }], maxParallel: 2, contents: [{ key: "c", message: "", messageTexts: [{ locale: "zh", text: "二" }], runType: "http", params: { url: "https://x" } }] }],
};

test("nothing that a submission may have is lost", () => {
  const { form, faults } = formOf(whole);
  expect(faults).toEqual([]);
  expect(inputOf(form).input).toEqual(whole);
  // The schema has no field that the form would refuse.
  const coerced: unknown = coerceInputValue(whole, schema.getType("SubmitTaskInput") as GraphQLInputType);
  const fields = Object.keys((schema.getType("SubmitTaskInput") as unknown as { getFields(): object }).getFields());
  expect(Object.keys(coerced as object).sort()).toEqual(fields.sort());
});

describe("what is no submission is told with its place", () => {
  test.each<[unknown, string, string]>([
    [null, "", "object"],
    [[], "", "object"],
    ["text", "", "object"],
    [{ stepz: [] }, "stepz", "unknown"],
    [{ description: 1 }, "description", "text"],
    [{ steps: {} }, "steps", "list"],
    [{ steps: [null] }, "steps.0", "object"],
    [{ steps: [{ contents: [{ cod: "x" }] }] }, "steps.0.contents.0.cod", "unknown"],
    [{ steps: [{ contents: [{ params: [] }] }] }, "steps.0.contents.0.params", "object"],
    [{ priority: "high" }, "priority", "whole"],
    [{ maxAttempts: 1.5 }, "maxAttempts", "whole"],
    [{ variables: { A: null } }, "variables.A", "text"],
    [{ variables: { A: 2 ** 60 } }, "variables.A", "large"],
    [{ secrets: [1] }, "secrets.0", "text"],
    [{ labels: [{ key: "a", val: "" }] }, "labels.0.val", "unknown"],
    [JSON.parse('{"__proto__": {"description": "x"}}'), "__proto__", "unknown"],
  ])("%j", (input, path, wrong) => {
    expect(formOf(input).faults).toContainEqual({ path: path ? path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part)) : [], wrong });
  });
});

test("what is written wrong in a field is told with its place", () => {
  const form = newForm();
  form.priority = "high";
  form.steps[0]!.contents = [{ ...newContent(), params: "{" }, { ...newContent(), params: "[]" }];
  form.variables = [{ ...newVariable(), name: "A", kind: "number", value: "x" }, { ...newVariable(), name: "A" }, newVariable()];
  expect(inputOf(form).faults).toEqual([
    { path: ["steps", 0, "contents", 0, "params"], wrong: "json" },
    { path: ["steps", 0, "contents", 1, "params"], wrong: "object" },
    { path: ["variables", 0], wrong: "number" },
    { path: ["variables", 1], wrong: "twice" },
    { path: ["priority"], wrong: "whole" },
  ]);
});

test("an empty form submits what the server then misses, and nothing else", () => {
  expect(inputOf(newForm()).input).toEqual({ description: "", steps: [{ description: "", contents: [{ message: "", runType: "shell" }] }] });
});

test("what a task's scripts declared is not submitted again", () => {
  const content = (message: string, runType: string, code: string | null, params: unknown = null) => ({ message, runType, code, params });
  expect(inputFrom({
    description: "d", variables: { A: "1" }, labels: [{ key: "a", value: "b" }], priority: 0, timeoutSeconds: null, maxAttempts: 1,
    steps: [
      { description: "one", contents: [content("run", "shell", "echo"), content("declared", "shell", null)] },
      { description: "declared", contents: [content("declared", "shell", null)] },
      { description: "out", contents: [content("wait", "external", null), content("get", "http", null, { url: "x" })] },
    ],
  })).toEqual({
    description: "d", variables: { A: "1" }, labels: [{ key: "a", value: "b" }], priority: undefined, timeoutSeconds: undefined, maxAttempts: undefined,
    steps: [
      { description: "one", contents: [{ message: "run", runType: "shell", code: "echo" }] },
      { description: "out", contents: [{ message: "wait", runType: "external" }, { message: "get", runType: "http", params: { url: "x" } }] },
    ],
  });
});

test("a place is read and set without touching what is beside it", () => {
  const before = { a: [{ b: 1 }, { b: 2 }], c: {} };
  const after = setIn(before, ["a", "1", "b"], 3);
  expect(after).toEqual({ a: [{ b: 1 }, { b: 3 }], c: {} });
  expect(after.a[0]).toBe(before.a[0]);
  expect(after.c).toBe(before.c);
  expect(getIn(after, ["a", 1, "b"])).toBe(3);
  expect(getIn(after, ["a", 7, "b"])).toBe(undefined);
});

test.each([
  [0, 1, "bac"], [2, 0, "cab"], [1, 1, "abc"], [0, -1, "abc"], [2, 3, "abc"], [5, 0, "abc"],
])("the element at %i moves to %i", (from, to, order) => {
  expect(moved(["a", "b", "c"], from, to).join("")).toBe(order);
});
