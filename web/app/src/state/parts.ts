import { signal, type ReadonlySignal, type Signal } from "@preact/signals";

import type { ContentShot, StepShot } from "../api/types";
import { count, type Counts } from "../layout/task";

// The steps of a task, each with signals of its own: a version of the task changes those
// only in which it differs, so that a tick repaints one bar.

type ContentState = Omit<ContentShot, "id" | "progress" | "isProgressAvailable">;
type StepState = Omit<StepShot, "id" | "progress" | "contents">;

export interface ContentPart {
  id: string;
  state: ReadonlySignal<ContentState>;
  /** 0 to 100; null while nothing says anything of it. */
  progress: ReadonlySignal<number | null>;
}

export interface StepPart {
  id: string;
  state: ReadonlySignal<StepState>;
  progress: ReadonlySignal<number>;
  contents: ReadonlySignal<readonly ContentPart[]>;
  counts: ReadonlySignal<Counts>;
}

/** Sets a signal to a value that is not the same as it has. */
export function put<T>(target: ReadonlySignal<T>, value: T): void {
  if (!same(target.peek(), value)) (target as Signal<T>).value = value;
}

/** Whether two values that came as JSON say the same. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

/** Brings the steps up to a version: those that stay keep their identity, and their signals. */
export function putSteps(target: ReadonlySignal<readonly StepPart[]>, shots: readonly StepShot[]): void {
  putParts(target, shots, newStep, putStep);
}

interface Part {
  id: string;
}

function putParts<P extends Part, S extends Part>(
  target: ReadonlySignal<readonly P[]>,
  shots: readonly S[],
  make: (shot: S) => P,
  update: (part: P, shot: S) => void,
): void {
  const known = new Map(target.peek().map((part) => [part.id, part]));
  const parts = shots.map((shot) => {
    const part = known.get(shot.id);
    if (!part) return make(shot);
    update(part, shot);
    return part;
  });
  const old = target.peek();
  if (old.length === parts.length && old.every((part, i) => part === parts[i])) return;
  (target as Signal<readonly P[]>).value = parts;
}

function newStep(shot: StepShot): StepPart {
  return {
    id: shot.id,
    state: signal(stepState(shot)),
    progress: signal(shot.progress),
    contents: signal(shot.contents.map(newContent)),
    counts: signal(countOf(shot)),
  };
}

function putStep(part: StepPart, shot: StepShot): void {
  put(part.state, stepState(shot));
  put(part.progress, shot.progress);
  put(part.counts, countOf(shot));
  putParts(part.contents, shot.contents, newContent, putContent);
}

const countOf = (shot: StepShot) => count(shot.contents.map((content) => content.status));

function stepState({ id: _, progress: __, contents: ___, ...state }: StepShot): StepState {
  return state;
}

function newContent(shot: ContentShot): ContentPart {
  return { id: shot.id, state: signal(contentState(shot)), progress: signal(known(shot)) };
}

function putContent(part: ContentPart, shot: ContentShot): void {
  put(part.state, contentState(shot));
  put(part.progress, known(shot));
}

function contentState({ id: _, progress: __, isProgressAvailable: ___, ...state }: ContentShot): ContentState {
  return state;
}

/** What is known of a progress: what was reported, and that all is done at the end. */
function known(shot: ContentShot): number | null {
  return shot.isProgressAvailable || shot.status === "SUCCEEDED" ? shot.progress : null;
}
