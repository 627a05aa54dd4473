import { isObject } from "./json";
import type { Path } from "./path";

/** A submission as fields hold it: texts, so that nothing is lost while somebody writes. */
export interface Form {
  description: string;
  steps: FormStep[];
  variables: FormVariable[];
  labels: FormLabel[];
  secrets: string;
  priority: string;
  timeoutSeconds: string;
  maxAttempts: string;
  backoffSeconds: string;
  /** RFC 3339, or "". */
  startAfter: string;
  /** What the form has no field for. */
  kept: Kept;
}

export interface FormStep {
  /** Tells steps apart while they change places. */
  id: number;
  key: string;
  description: string;
  maxParallel: string;
  contents: FormContent[];
  kept: Kept;
}

export interface FormContent {
  id: number;
  key: string;
  message: string;
  runType: string;
  code: string;
  /** JSON, or "". */
  params: string;
  kept: Kept;
}

export interface FormVariable {
  id: number;
  name: string;
  kind: "text" | "number" | "boolean";
  value: string;
}

export interface FormLabel {
  id: number;
  key: string;
  value: string;
}

type Kept = Record<string, unknown>;
type Values = Record<string, unknown>;

/** Something that cannot be sent, or that the server refused. */
export interface Problem {
  path: Path;
  message: string;
}

/** What is wrong, for a text in the reader's language. */
export type Wrong = "whole" | "number" | "json" | "object" | "twice" | "list" | "text" | "unknown" | "large";

/** Where something is wrong, and how. */
export interface Fault {
  path: Path;
  wrong: Wrong;
}

// A draft outlives the page with its ids: those of a later page are higher.
let last = Date.now();
const newId = () => ++last;

export const newContent = (): FormContent => ({ id: newId(), key: "", message: "", runType: "shell", code: "", params: "", kept: {} });
export const newStep = (): FormStep => ({ id: newId(), key: "", description: "", maxParallel: "", contents: [newContent()], kept: {} });
export const newVariable = (): FormVariable => ({ id: newId(), name: "", kind: "text", value: "" });
export const newLabel = (): FormLabel => ({ id: newId(), key: "", value: "" });
export const newForm = (): Form => ({
  description: "", steps: [newStep()], variables: [], labels: [], secrets: "", priority: "",
  timeoutSeconds: "", maxAttempts: "", backoffSeconds: "", startAfter: "", kept: {},
});

/** What a form submits, with what of it cannot be sent. Empty fields are left out. */
export function inputOf(form: Form): { input: Values; faults: Fault[] } {
  const faults: Fault[] = [];
  const number = (path: Path, value: string) => {
    const written = value.trim();
    if (!written) return undefined;
    if (!/^-?\d{1,9}$/.test(written)) faults.push({ path, wrong: "whole" });
    return Number(written);
  };
  const content = (c: FormContent, path: Path): Values =>
    filled({ key: c.key, message: c.message, ...c.kept, runType: c.runType, code: c.code, params: paramsOf(c.params, [...path, "params"], faults) });
  const steps = form.steps.map((step, i) => filled({
    key: step.key, description: step.description, ...step.kept, maxParallel: number(["steps", i, "maxParallel"], step.maxParallel),
    contents: step.contents.map((c, k) => content(c, ["steps", i, "contents", k])),
  }));
  const input = filled({
    description: form.description, ...form.kept, steps, variables: variablesOf(form.variables, faults),
    secrets: listed(form.secrets), labels: form.labels.filter((l) => l.key || l.value).map(({ key, value }) => ({ key, value })),
    priority: number(["priority"], form.priority), timeoutSeconds: number(["timeoutSeconds"], form.timeoutSeconds),
    maxAttempts: number(["maxAttempts"], form.maxAttempts), backoffSeconds: number(["backoffSeconds"], form.backoffSeconds),
    startAfter: form.startAfter,
  });
  return { input, faults };
}

/** Without what is not filled in. What must be there stays, for the server to miss. */
function filled(values: Values): Values {
  const empty = (key: string, value: unknown) =>
    value === undefined || (value === "" && key !== "description" && key !== "message") || (Array.isArray(value) && value.length === 0 && key !== "steps" && key !== "contents");
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => !empty(key, value)));
}

/** The names in a text, parted by commas or blanks. */
const listed = (text: string) => text.split(/[\s,]+/).filter(Boolean);

function paramsOf(written: string, path: Path, faults: Fault[]): unknown {
  if (!written.trim()) return undefined;
  try {
    const params: unknown = JSON.parse(written);
    if (!isObject(params)) faults.push({ path, wrong: "object" });
    return params;
  } catch {
    faults.push({ path, wrong: "json" });
    return undefined;
  }
}

function variablesOf(variables: FormVariable[], faults: Fault[]): Values | undefined {
  const values: [string, unknown][] = [];
  for (const [i, { name, kind, value }] of variables.entries()) {
    if (!name && !value) continue;
    if (values.some(([other]) => other === name)) faults.push({ path: ["variables", i], wrong: "twice" });
    if (kind === "number" && (!value.trim() || !Number.isFinite(Number(value)))) faults.push({ path: ["variables", i], wrong: "number" });
    values.push([name, kind === "number" ? Number(value) : kind === "boolean" ? value === "true" : value]);
  }
  return values.length > 0 ? Object.fromEntries(values) : undefined;
}
