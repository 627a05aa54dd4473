import { isObject, pretty } from "./json";
import type { Path } from "./path";
import { type Fault, type Form, type FormContent, type FormStep, type FormVariable, newContent, newForm, newLabel, newStep, newVariable, type Wrong } from "./submission";

const ofTask = ["description", "steps", "variables", "labels", "secrets", "priority", "timeoutSeconds", "maxAttempts", "backoffSeconds", "startAfter"];
const ofStep = ["key", "description", "maxParallel", "contents"];
const ofContent = ["key", "message", "runType", "code", "params"];
/** What is kept as it is: the form has no field for it. */
const keptOf = { task: ["descriptionTexts", "idempotencyKey"], step: ["descriptionTexts"], content: ["messageTexts"] };

type Values = Record<string, unknown>;

/**
 * Reads the input of submitTask into a form. What is no such input is told with its place,
 * and then the form is not to be used: it would lose something.
 */
export function formOf(input: unknown): { form: Form; faults: Fault[] } {
  const r = new Reading();
  const values = r.object(input, [], [...ofTask, ...keptOf.task]);
  const form = newForm();
  form.description = r.text(values, "description", []);
  form.steps = r.list(values, "steps", []).map((step, i) => stepOf(r, step, ["steps", i]));
  form.variables = variablesOf(r, values["variables"]);
  form.labels = r.list(values, "labels", []).map((label, i) => {
    const of = r.object(label, ["labels", i], ["key", "value"]);
    return { ...newLabel(), key: r.text(of, "key", ["labels", i]), value: r.text(of, "value", ["labels", i]) };
  });
  form.secrets = r.list(values, "secrets", []).map((name, i) => r.is(typeof name === "string", ["secrets", i], "text") ? name : "").join(", ");
  for (const name of ["priority", "timeoutSeconds", "maxAttempts", "backoffSeconds"] as const) form[name] = r.number(values, name, []);
  form.startAfter = r.text(values, "startAfter", []);
  form.kept = kept(values, keptOf.task);
  return { form, faults: r.faults };
}

function stepOf(r: Reading, step: unknown, at: Path): FormStep {
  const values = r.object(step, at, [...ofStep, ...keptOf.step]);
  return {
    ...newStep(),
    key: r.text(values, "key", at),
    description: r.text(values, "description", at),
    maxParallel: r.number(values, "maxParallel", at),
    contents: r.list(values, "contents", at).map((content, i) => contentOf(r, content, [...at, "contents", i])),
    kept: kept(values, keptOf.step),
  };
}

function contentOf(r: Reading, content: unknown, at: Path): FormContent {
  const values = r.object(content, at, [...ofContent, ...keptOf.content]);
  const params = values["params"] ?? null;
  r.is(params === null || isObject(params), [...at, "params"], "object");
  return {
    ...newContent(),
    key: r.text(values, "key", at),
    message: r.text(values, "message", at),
    runType: r.text(values, "runType", at),
    code: r.text(values, "code", at),
    params: params === null ? "" : pretty(params),
    kept: kept(values, keptOf.content),
  };
}

function variablesOf(r: Reading, variables: unknown): FormVariable[] {
  if (variables == null) return [];
  return Object.entries(r.object(variables, ["variables"], null)).map(([name, value]) => {
    const kind = typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "text";
    r.is(kind !== "text" || typeof value === "string", ["variables", name], "text");
    // Beyond these the browser has already read another number than was written.
    r.is(!Number.isInteger(value) || Number.isSafeInteger(value), ["variables", name], "large");
    return { ...newVariable(), name, kind, value: String(value) };
  });
}

const kept = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(names.filter((name) => values[name] != null).map((name) => [name, values[name]]));

/** Reads values of the kinds that are wanted, and remembers where they were not. */
class Reading {
  readonly faults: Fault[] = [];

  is(right: boolean, path: Path, wrong: Wrong): boolean {
    if (!right) this.faults.push({ path, wrong });
    return right;
  }

  /** An object that has no other keys than these; null lets all pass. */
  object(value: unknown, path: Path, keys: readonly string[] | null): Values {
    if (!isObject(value)) {
      this.faults.push({ path, wrong: "object" });
      return {};
    }
    for (const key of Object.keys(value)) this.is(keys === null || keys.includes(key), [...path, key], "unknown");
    return value;
  }

  list(values: Values, key: string, at: Path): unknown[] {
    const value = values[key] ?? [];
    return this.is(Array.isArray(value), [...at, key], "list") ? (value as unknown[]) : [];
  }

  text(values: Values, key: string, at: Path): string {
    const value = values[key] ?? "";
    return this.is(typeof value === "string", [...at, key], "text") ? (value as string) : "";
  }

  number(values: Values, key: string, at: Path): string {
    const value = values[key] ?? "";
    return this.is(value === "" || Number.isSafeInteger(value), [...at, key], "whole") ? String(value) : "";
  }
}
