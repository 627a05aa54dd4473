import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";

import * as operations from "../api/operations.timeline";
import type { Status } from "../api/types";
import { gantt, type Row, sameRow, scaleOf, type StepSpan } from "../layout/gantt";
import { phasesAt, phasesOf, type StatusChange } from "../layout/phases";
import { horizon } from "../layout/timescale";
import { now } from "./clock";
import { Player } from "./player";
import { type Attempt, Replay } from "./replay";
import { ask } from "./session";

/** What the timeline needs of a task; a task at one version, as queries and streams give it, has it. */
export interface TimelineTask {
  id: string;
  version: number;
  /** The number of the current attempt. */
  attempt: number;
  status: Status;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  steps: readonly StepSpan[];
}

/** How many pages of 1,000 events are looked through for changes of the status. */
const mostPages = 5;

/** What the timeline of a task shows: an attempt, as it is now or as it was. */
export class TimelineStore {
  readonly replay: Replay;
  readonly player: Player;
  readonly attempts = signal<readonly Attempt[]>([]);
  /** Why the attempts or their changes of status could not be read; null while all is well. */
  readonly failure = signal<unknown>(null);
  readonly expanded = signal<ReadonlySet<string>>(new Set());
  /** How wide the axis is, in pixels. */
  readonly width = signal(0);

  #changes = signal<readonly StatusChange[]>([]);
  #cursor: string | null = null;
  /** Readings follow each other, so that the newest answer is the last. */
  #reading: Promise<void> = Promise.resolve();
  /** The steps of an earlier attempt as it ended. */
  #ended = signal<readonly StepSpan[]>([]);
  #abort = new AbortController();
  #rows = new Map<string, Row>();

  constructor(readonly task: ReadonlySignal<TimelineTask>) {
    this.replay = new Replay(task.peek().id);
    this.player = new Player(this.replay, () => this.end.peek() - this.begin.peek());
  }

  /** The attempt that is shown. */
  readonly attempt = computed<Attempt | null>(() => {
    const number = this.replay.attempt.value?.number ?? this.task.value.attempt;
    return this.attempts.value.find((one) => one.number === number) ?? null;
  });

  readonly isCurrent = computed(() => (this.attempt.value?.number ?? this.task.value.attempt) === this.task.value.attempt);

  /** How the attempt stands as a whole; of the current one the task knows first. */
  readonly #span = computed(() => {
    const { status, startedAt, finishedAt } = this.task.value;
    return this.isCurrent.value ? { status, startedAt, finishedAt } : this.attempt.value!;
  });

  /** When the attempt was put into the queue, in milliseconds since 1970; its start while that is unknown. */
  readonly begin = computed(() => {
    const { createdAt, attempt } = this.task.value;
    const number = this.attempt.value?.number ?? attempt;
    const started = this.#span.value.startedAt;
    return Date.parse(this.replay.range.value?.begin ?? (number === 1 || started === null ? createdAt : started));
  });

  /** From where time is counted: the start of the attempt, or while it waits the beginning. */
  readonly origin = computed(() => {
    const { startedAt } = this.#span.value;
    return startedAt === null ? this.begin.value : Date.parse(startedAt);
  });

  /** Where the axis ends: at the end of the attempt, or somewhat after now. */
  readonly end = computed(() => {
    const { finishedAt } = this.#span.value;
    return finishedAt === null ? horizon(this.begin.value, now.value) : Date.parse(finishedAt);
  });

  /** The instant that is shown: that of the replay, the end of what is over, or now. */
  readonly instant = computed(() => {
    if (this.replay.replayed.value) return this.player.clock.value;
    return this.#span.value.finishedAt === null ? now.value : this.end.value;
  });

  readonly #phases = computed(() => phasesOf(this.begin.value, this.#changes.value, this.#span.value));

  readonly #scale = computed(() => {
    const steps = this.isCurrent.value ? this.task.value.steps : this.#ended.value;
    const to = this.end.value;
    return scaleOf({ steps, phases: this.#phases.value, whole: { from: this.begin.value, to }, now: to, width: this.width.value });
  });

  /** The axis and rows. Bars that grow are measured by who shows them: `instant` says where they end. */
  readonly gantt = computed(() => {
    const past = this.replay.replayed.value;
    const at = past ? Date.parse(past.updatedAt) : untracked(() => this.instant.value);
    const laid = gantt({
      steps: past?.steps ?? (this.isCurrent.value ? this.task.value.steps : this.#ended.value),
      phases: past ? phasesAt(this.#phases.value, at) : this.#phases.value,
      whole: { from: this.begin.value, to: this.end.value },
      origin: this.origin.value,
      now: at,
      width: this.width.value,
      expanded: this.expanded.value,
      scale: this.#scale.value,
    });
    return { ...laid, rows: this.#kept(laid.rows), phases: this.#phases.value };
  });

  /** Reads what is needed and keeps it so, until the returned function is called. */
  open(): () => void {
    const standing = computed(() => `${this.task.value.attempt} ${this.task.value.status}`);
    const disposers = [
      effect(() => {
        void standing.value;
        untracked(() => void this.load());
      }),
      effect(() => {
        const { version, attempt } = this.task.value;
        if (this.replay.range.value && this.replay.attempt.value?.number === attempt) this.replay.grow(version);
      }),
      effect(() => {
        const past = this.replay.replayed.value;
        if (past && past.version === this.replay.range.value?.last) this.#ended.value = past.steps;
      }),
    ];
    return () => {
      for (const dispose of disposers) dispose();
      this.#abort.abort();
      this.player.dispose();
      this.replay.dispose();
    };
  }

  /** Reads the attempts, and how the status of the one that is shown has changed since. */
  load(): Promise<void> {
    return (this.#reading = this.#reading.then(() => this.#load()));
  }

  async #load(): Promise<void> {
    const { id } = this.task.peek();
    await this.#guarded(async () => {
      const data = await ask<{ task: { attempts: Attempt[] } | null }>(operations.timelineAttempts, { id }, this.#abort.signal);
      this.attempts.value = data.task?.attempts ?? [];
    });
    const shown = this.replay.attempt.peek();
    // Who looks at the past goes on looking at it when a new attempt begins.
    const stays = shown !== null && (this.replay.position.peek() !== 0 || shown.number === this.task.peek().attempt);
    if (stays) await this.#loadChanges(shown);
    else await this.choose(this.task.peek().attempt);
  }

  /** Shows an attempt: the current one as it is, another as it ended. */
  async choose(number: number): Promise<void> {
    const attempt = this.attempts.peek().find((one) => one.number === number);
    if (!attempt) return;
    this.player.pause();
    this.#changes.value = [];
    this.#ended.value = [];
    this.#cursor = null;
    const contents = this.task.peek().steps.reduce((sum, step) => sum + step.contents.length, 0);
    const next = this.attempts.peek().find((one) => one.number === number + 1);
    await Promise.all([this.replay.choose(attempt, next, contents), this.#loadChanges(attempt)]);
  }

  /** Shows or hides the contents of a step. */
  toggle(id: string): void {
    const expanded = new Set(this.expanded.peek());
    if (!expanded.delete(id)) expanded.add(id);
    this.expanded.value = expanded;
  }

  async #loadChanges({ timelineId }: Attempt): Promise<void> {
    await this.#guarded(async () => {
      const changes = [...this.#changes.peek()];
      for (let page = 0; page < mostPages; page++) {
        const after = this.#cursor;
        const { task } = await ask<ChangesAnswer>(operations.statusChanges, { id: this.task.peek().id, timelineId, after }, this.#abort.signal);
        const chosen = this.replay.attempt.peek()?.timelineId === timelineId && this.#cursor === after;
        if (!task || task.events.gap || !chosen) return;
        this.#cursor = task.events.cursor;
        changes.push(...task.events.events.filter((event) => event.__typename === "TaskStatusChanged"));
        if (!task.events.caughtUp) continue;
        this.#changes.value = changes;
        return;
      }
      // With more events than that, what is known of the attempt as a whole is drawn.
      this.#changes.value = [];
      this.#cursor = null;
    });
  }

  /** Rows that are as they were are the same objects, so that they are not painted again. */
  #kept(rows: readonly Row[]): readonly Row[] {
    const kept = new Map<string, Row>();
    for (const row of rows) {
      const was = this.#rows.get(row.id);
      kept.set(row.id, was && sameRow(was, row) ? was : row);
    }
    this.#rows = kept;
    return [...kept.values()];
  }

  async #guarded(load: () => Promise<void>): Promise<void> {
    try {
      await load();
      this.failure.value = null;
    } catch (failure) {
      if (!this.#abort.signal.aborted) this.failure.value = failure;
    }
  }
}

interface ChangesAnswer {
  task: {
    events: { events: ({ __typename: string } & StatusChange)[]; cursor: string; caughtUp: boolean; gap: { reason: string } | null };
  } | null;
}
