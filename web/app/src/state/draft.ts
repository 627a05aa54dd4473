import { effect, signal } from "@preact/signals";

import * as operations from "../api/operations.submit";
import type { RunType, UserError } from "../api/types";
import { pretty } from "../layout/json";
import { getIn, type Path, setIn } from "../layout/path";
import { formOf } from "../layout/reading";
import { type Fault, type Form, inputOf, newForm, type Problem, type Wrong } from "../layout/submission";
import { text } from "../text/text";
import { ask } from "./session";

/** The submission as its form has it. */
export const form = signal<Form>(newForm());
/** The submission as JSON while somebody writes it so; null while the form is used. */
export const written = signal<string | null>(null);
/** What cannot be sent, or what the server refused. */
export const problems = signal<readonly Problem[]>([]);
/** Whether a submission is on its way. */
export const sending = signal(false);
/** What was there before something else was put in its place. */
export const replaced = signal<Form | null>(null);
/** The kinds of work; null until they are known. */
export const runTypes = signal<readonly RunType[] | null>(null);

/** The name that a draft is kept under, with the version of its shape. */
const kept = "stepcast.draft.1";

/** The last submission that may have arrived, and its key: the same input again is the same task. */
let tried = { input: "", key: "" };

try {
  const stored = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  if (stored) {
    form.value = stored.form;
    written.value = stored.written;
    tried = stored.tried;
  }
} catch {
  // Storage is switched off, or has something else in it.
}

/** How long after the last change a draft is kept, in milliseconds. */
const pause = 300;
let due: ReturnType<typeof setTimeout> | undefined;

effect(() => {
  const draft = { of: form.value, written: written.value };
  clearTimeout(due);
  due = setTimeout(() => keep(draft.of, draft.written), pause);
});

addEventListener("pagehide", () => keep(form.peek(), written.peek()));

function keep(of: Form, json: string | null): void {
  clearTimeout(due);
  try {
    sessionStorage.setItem(kept, JSON.stringify({ form: of, written: json, tried }));
  } catch {
    // Storage is full or switched off: the draft lasts as long as the page.
  }
}

export const change = (path: Path, value: unknown): void => {
  form.value = setIn(form.peek(), path, value);
  if (problems.peek().length > 0) problems.value = problems.peek().filter((problem) => !concerns(problem, path));
};

export const valueAt = (path: Path): unknown => getIn(form.value, path);

/** Whether a problem is of a place, or of something in it. */
export const concerns = (problem: Problem, path: Path): boolean =>
  path.every((part, i) => String(part) === String(problem.path[i]));

const told: Record<Wrong, Parameters<typeof text>[0]> = {
  whole: "submit.wrong.whole", number: "submit.wrong.number", json: "submit.wrong.json", object: "submit.wrong.object", twice: "submit.wrong.twice",
  list: "submit.wrong.list", text: "submit.wrong.text", unknown: "submit.wrong.unknown", large: "submit.wrong.large",
};

const problemsOf = (faults: Fault[]): Problem[] => faults.map(({ path, wrong }) => ({ path, message: text(told[wrong]) }));

/** Puts another submission in place of the draft, which can be had back. */
export function replace(input: unknown): boolean {
  const { form: next, faults } = formOf(input);
  problems.value = problemsOf(faults);
  if (faults.length > 0) return false;
  remember();
  form.value = next;
  if (written.peek() !== null) written.value = pretty(inputOf(next).input);
  return true;
}

export function takeBack(): void {
  if (!replaced.peek()) return;
  form.value = replaced.peek() ?? newForm();
  if (written.peek() !== null) written.value = pretty(inputOf(form.peek()).input);
  replaced.value = null;
  problems.value = [];
}

/** Shows the submission as JSON. A form that cannot be sent is shown as far as it can. */
export function writeJson(): void {
  const { input, faults } = inputOf(form.peek());
  problems.value = problemsOf(faults);
  if (faults.length === 0) written.value = pretty(input);
}

/** Shows what was written as a form; stays with JSON when the form would lose something. */
export function readJson(): void {
  const input = parse(written.peek() ?? "");
  if (input === undefined) return;
  const { form: next, faults } = formOf(input);
  problems.value = problemsOf(faults);
  if (faults.length > 0) return;
  form.value = next;
  written.value = null;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (failure) {
    problems.value = [{ path: [], message: text("submit.wrong.syntax", (failure as Error).message) }];
    return undefined;
  }
}

/** Submits the draft and gives the id of its task; null when it was not taken, and `problems` say why. */
export async function submit(): Promise<string | null> {
  if (sending.peek()) return null;
  const input = ready();
  if (!input) return null;
  sending.value = true;
  problems.value = [];
  try {
    const { submitTask } = await ask<Answer>(operations.submitTask, { input: { idempotencyKey: keyFor(input), ...input } });
    if (submitTask.task) {
      drop();
      return submitTask.task.id;
    }
    problems.value = submitTask.userErrors.map(({ field, message, retryAfterSeconds }) => ({
      path: field ?? [],
      message: retryAfterSeconds ? `${message} ${text("submit.later", retryAfterSeconds)}` : message,
    }));
  } catch (failure) {
    problems.value = [{ path: [], message: text("submit.failed", (failure as Error).message) }];
  } finally {
    sending.value = false;
  }
  return null;
}

interface Answer {
  submitTask: { task: { id: string } | null; userErrors: UserError[] };
}

/** What is to be sent; null when it cannot be. */
function ready(): Record<string, unknown> | null {
  const json = written.peek();
  const input = json === null ? inputOf(form.peek()).input : parse(json);
  if (input === undefined) return null;
  const { faults } = json === null ? inputOf(form.peek()) : formOf(input);
  problems.value = problemsOf(faults);
  return faults.length > 0 ? null : (input as Record<string, unknown>);
}

/** A key of the input: the same as before for the same input, which so makes one task however often it is sent. */
function keyFor(input: Record<string, unknown>): string {
  const of = JSON.stringify(input);
  if (of !== tried.input) {
    const random = crypto.getRandomValues(new Uint8Array(16));
    tried = { input: of, key: `console-${[...random].map((byte) => byte.toString(16).padStart(2, "0")).join("")}` };
  }
  keep(form.peek(), written.peek());
  return tried.key;
}

/** Begins again with an empty form; what was there can be had back. */
export function empty(): void {
  remember();
  const before = replaced.peek();
  drop();
  replaced.value = before;
}

/** Keeps what is about to be replaced, if there is anything. */
function remember(): void {
  const isEmpty = JSON.stringify(inputOf(form.peek()).input) === JSON.stringify(inputOf(newForm()).input);
  if (!isEmpty) replaced.value = form.peek();
}

function drop(): void {
  tried = { input: "", key: "" };
  form.value = newForm();
  written.value = null;
  replaced.value = null;
  problems.value = [];
  keep(form.peek(), null);
}

export async function loadRunTypes(): Promise<void> {
  const data = await ask<{ runTypes: RunType[] }>(operations.runTypes);
  runTypes.value = data.runTypes;
}
