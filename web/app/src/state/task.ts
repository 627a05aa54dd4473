import { batch, type ReadonlySignal, signal, type Signal } from "@preact/signals";

import { RequestError } from "../api/graphql";
import { connection, stream } from "../api/live";
import * as operations from "../api/operations.task";
import { isFinal, type TaskExtras, type TaskResult, type TaskShot, type WaitingFor } from "../api/types";
import { text } from "../text/text";
import { announce } from "./announce";
import { put, putSteps, type StepPart } from "./parts";
import { ask } from "./session";

/** What a task is besides its steps, and besides what changes with each tick. */
export type TaskHead = Omit<TaskShot, "steps" | "progress" | "etaSeconds" | "version" | "updatedAt">;

/** How the page stands with its task. `missing`: there is none, or the viewer may not see it. */
export type Phase = "loading" | "shown" | "missing" | "failed";

/** One task, followed through all of its attempts. */
export interface TaskStore {
  readonly id: string;
  readonly phase: ReadonlySignal<Phase>;
  /** Why it cannot be shown, or why what is shown is no longer live; null when all is well. */
  readonly trouble: ReadonlySignal<string | null>;
  /** Null until the phase is `shown`. */
  readonly head: ReadonlySignal<TaskHead | null>;
  /** 0 to 100. */
  readonly progress: ReadonlySignal<number>;
  /** Seconds from `made`, an instant in milliseconds since 1970, to the end; null while unknown. */
  readonly eta: ReadonlySignal<{ seconds: number | null; made: number }>;
  readonly steps: ReadonlySignal<readonly StepPart[]>;
  /** Null until the phase is `shown`. */
  readonly extras: ReadonlySignal<TaskExtras | null>;
  /** The version that is shown; -1 until the phase is `shown`. */
  readonly version: ReadonlySignal<number>;
  /** Starts to follow the task, until the returned function is called. */
  open(): () => void;
  /** Takes the task as an answer has it; what is older than what is shown changes nothing. */
  take(shot: TaskShot): void;
  /** Reads it anew, and follows it again. */
  reload(): Promise<void>;
  /** Asks anew what it waits for: its place in the queue changes without it. */
  reloadWaiting(): Promise<void>;
  /** Asks anew for its results: there may be some before its end. */
  reloadResults(): Promise<void>;
}

export function taskStore(id: string): TaskStore {
  const phase = signal<Phase>("loading");
  const trouble = signal<string | null>(null);
  const head = signal<TaskHead | null>(null);
  const progress = signal(0);
  const eta = signal<{ seconds: number | null; made: number }>({ seconds: null, made: 0 });
  const steps = signal<readonly StepPart[]>([]);
  const extras = signal<TaskExtras | null>(null);
  const version = signal(-1);
  let isOpen = false;
  let abort = new AbortController();
  let follows: "progress" | "retry" | null = null;
  let stop = () => {};

  const take = (shot: TaskShot) => {
    const was = head.peek();
    if (!show(shot) || !was) return;
    // A new attempt and an end bring what no version carries.
    if (was.attempt !== shot.attempt || isFinal(was.status) !== isFinal(shot.status)) void reload();
  };

  /** Shows a version, and says whether it is news. */
  const show = (shot: TaskShot): boolean => {
    if (shot.version <= version.peek()) return false;
    const was = head.peek();
    batch(() => spread(shot));
    if (was && was.status !== shot.status) announce(text("task.now", text(`status.${shot.status}`)));
    return true;
  };

  const spread = (shot: TaskShot) => {
    const { steps: stepShots, progress: value, etaSeconds, version: number, updatedAt, ...rest } = shot;
    put(version, number);
    put(head, rest);
    put(progress, value);
    put(eta, { seconds: etaSeconds, made: Date.parse(updatedAt) });
    putSteps(steps, stepShots);
  };

  const fail = (failure: unknown) => {
    if (abort.signal.aborted) return;
    if (failure instanceof RequestError && failure.code === "NOT_FOUND") phase.value = "missing";
    else trouble.value = failure instanceof Error ? failure.message : String(failure);
    if (phase.peek() === "loading") phase.value = "failed";
  };

  // One reading at a time: what asks for another meanwhile has it afterwards.
  let reading: Promise<void> | null = null;
  let again = false;
  const reload = (): Promise<void> => {
    again = reading !== null;
    return (reading ??= readAll());
  };
  const readAll = async () => {
    do {
      again = false;
      await read();
    } while (again && isOpen);
    reading = null;
  };

  const read = async () => {
    try {
      const data = await ask<{ task: (TaskShot & TaskExtras) | null }>(operations.taskPage, { id }, abort.signal);
      if (!isOpen) return;
      if (!data.task) {
        stop();
        phase.value = "missing";
        return;
      }
      const { execId, variables, waitingFor, attempts, results, ...shot } = data.task;
      batch(() => {
        put(extras, { execId, variables, waitingFor, attempts, results });
        show(shot);
        trouble.value = null;
        phase.value = "shown";
      });
      follow();
    } catch (failure) {
      fail(failure);
    }
  };

  /** Follows the attempt, or, once that is over, waits for the next. */
  const follow = () => {
    const status = head.peek()?.status;
    const wanted = status && isFinal(status) ? "retry" : "progress";
    if (!isOpen || follows === wanted) return;
    stop();
    follows = wanted;
    const end = wanted === "retry" ? followRetry() : followProgress();
    stop = () => {
      follows = null;
      end();
    };
  };

  const refused = (failure: RequestError) => {
    follows = null;
    if (failure.code === "UNAUTHENTICATED") connection.value = "signed-out";
    fail(failure);
  };

  const followProgress = () =>
    stream<{ taskProgress: TaskShot }>({
      query: operations.taskProgress,
      variables: () => ({ id }),
      next: (data) => take(data.taskProgress),
      complete: () => {
        follows = null;
        const status = head.peek()?.status;
        if (status && isFinal(status)) follow();
        else trouble.value = text("task.streamEnded");
      },
      refused,
    });

  const followRetry = () =>
    stream<{ taskChanges: { task: { version: number } } }>({
      query: operations.taskAgain,
      variables: () => ({ id }),
      next: (data) => {
        if (data.taskChanges.task.version > version.peek()) void reload();
      },
      refused,
    });

  return {
    id, phase, trouble, head, progress, eta, steps, extras, version, take, reload,
    open: () => {
      isOpen = true;
      abort = new AbortController();
      void reload();
      // Of a task that is over no version comes by itself: a retry meanwhile is to be asked for.
      let away = false;
      const unsubscribe = connection.subscribe((state) => {
        if (state === "lost" || state === "paused") away = true;
        if (state !== "live") return;
        if (trouble.peek() !== null || (away && follows === "retry")) void reload();
        away = false;
      });
      return () => {
        isOpen = false;
        unsubscribe();
        abort.abort();
        stop();
      };
    },
    reloadWaiting: () =>
      renew<{ task: { waitingFor: WaitingFor | null } | null }>(operations.taskWaiting, (data) => data.task),
    reloadResults: () =>
      renew<{ task: { results: TaskResult[] } | null }>(operations.taskResults, (data) => data.task),
  };

  /** Asks for a part of the extras; for the whole, where what is shown may be old. */
  async function renew<T>(query: string, part: (data: T) => Partial<TaskExtras> | null): Promise<void> {
    if (trouble.peek() !== null) return reload();
    try {
      const news = part(await ask<T>(query, { id }, abort.signal));
      const old = extras.peek();
      if (news && old) put(extras as Signal<TaskExtras>, { ...old, ...news });
    } catch (failure) {
      fail(failure);
    }
  }
}
