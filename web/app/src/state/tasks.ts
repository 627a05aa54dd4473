import { batch, effect, signal, type Signal } from "@preact/signals";

import { connection, stream } from "../api/live";
import * as operations from "../api/operations.list";
import type { PageInfo, TaskChange, TaskPage, TaskRow } from "../api/types";
import { filterOf, type ListQuery, pageSize, variablesOf } from "../layout/listquery";
import { placeOf } from "../layout/place";
import { ask } from "./session";

/** A task of the page: what changes in it repaints its row alone. */
export interface Row {
  id: string;
  task: Signal<TaskRow>;
  /** It matches no longer, and leaves with the next reading. */
  out: Signal<boolean>;
}

export interface Total {
  count: number;
  exact: boolean;
}

/** How long changes are gathered before they are shown together, in milliseconds. */
const gathering = 100;
/** How soon after tasks came, left or changed their status the page is read again, in milliseconds. */
const settling = 2_500;
/** How soon after the connection stands, in milliseconds: what changed before it stood was not told. */
const afterStart = 400;

/** A page of the list that stays as the server has it. */
export class TaskList {
  readonly rows = signal<readonly Row[]>([]);
  readonly page = signal<PageInfo | null>(null);
  readonly total = signal<Total | null>(null);
  /** How many tasks came that belong before what is shown. */
  readonly newer = signal(0);
  readonly loading = signal(true);
  readonly failure = signal<string | null>(null);
  /** When the page was last known to be as it is shown, in milliseconds since 1970. */
  readonly asOf = signal(0);

  private query: ListQuery | null = null;
  private readonly ahead = new Set<string>();
  private readonly changes = new Map<string, TaskChange>();
  private gathered: ReturnType<typeof setTimeout> | undefined;
  private due: ReturnType<typeof setTimeout> | undefined;
  private reading: AbortController | null = null;
  private held = false;
  private late = false;
  private stop = () => {};

  /** Shows another page, or the same from the beginning. What was shown stays until its answer comes. */
  show(query: ListQuery): void {
    this.end();
    this.query = query;
    this.loading.value = true;
    this.stop = this.follow(query);
    void this.read();
  }

  /** Reads the page again, now, and shows it whole, or only what is new of held rows. */
  async read(whole = true): Promise<void> {
    const query = this.query;
    if (!query) return;
    clearTimeout(this.due);
    this.due = undefined;
    this.reading?.abort();
    const reading = (this.reading = new AbortController());
    try {
      const { tasks } = await ask<{ tasks: TaskPage }>(operations.taskList, variablesOf(query, Date.now()), reading.signal);
      if (reading.signal.aborted) return;
      batch(() => this.take(tasks, whole));
      this.failure.value = null;
    } catch (failure) {
      if (reading.signal.aborted) return;
      this.failure.value = (failure as Error).message;
    }
    this.reading = null;
    this.loading.value = false;
  }

  /** Keeps rows where they are while somebody points at them. */
  hold(on: boolean): void {
    if (on === this.held) return;
    this.held = on;
    if (on || !this.late) return;
    this.late = false;
    void this.read();
  }

  /** The cursors to page by; those of rows that just came are asked for first. */
  async edges(): Promise<PageInfo | null> {
    if (this.due !== undefined || this.late) await this.read();
    return this.page.peek();
  }

  end(): void {
    this.stop();
    this.stop = () => {};
    this.reading?.abort();
    clearTimeout(this.gathered);
    clearTimeout(this.due);
    this.gathered = this.due = undefined;
    this.changes.clear();
    this.ahead.clear();
    this.newer.value = 0;
    this.late = false;
    this.query = null;
  }

  private follow(query: ListQuery): () => void {
    const unfollow = stream<{ taskChanges: TaskChange }>({
      query: operations.taskChanges,
      variables: () => ({ filter: filterOf(query, Date.now()) }),
      next: ({ taskChanges }) => this.gather(taskChanges),
      refused: (failure) => (this.failure.value = failure.message),
    });
    let stood = false;
    const unwatch = effect(() => {
      const stands = connection.value === "live";
      if (stands) this.settle(afterStart);
      else if (stood) this.asOf.value = Date.now();
      stood = stands;
    });
    return () => {
      unfollow();
      unwatch();
    };
  }

  private gather(change: TaskChange): void {
    if (change.resync) this.settle(0);
    const known = this.changes.get(change.task.id);
    if (!known || known.task.version <= change.task.version) this.changes.set(change.task.id, change);
    this.gathered ??= setTimeout(() => this.apply(), gathering);
  }

  private apply(): void {
    this.gathered = undefined;
    batch(() => {
      for (const change of this.changes.values()) this.consider(change);
      this.newer.value = this.ahead.size;
    });
    this.changes.clear();
  }

  private consider({ task, matches }: TaskChange): void {
    const row = this.rows.peek().find((one) => one.id === task.id);
    if (row) {
      const known = row.task.peek();
      if (known.version > task.version) return;
      if (known.status !== task.status || row.out.peek() === matches) this.settle(settling);
      row.task.value = task;
      row.out.value = !matches;
      return;
    }
    if (!matches) {
      if (this.ahead.delete(task.id)) this.settle(settling);
      return;
    }
    this.place(task);
  }

  /** Shows a task that was not on the page where it belongs, if that is on the page. */
  private place(task: TaskRow): void {
    const page = this.page.peek();
    if (!page || !this.query) return;
    const rows = this.rows.peek();
    const place = placeOf(task.id, { ...page, ids: rows.map((row) => row.id), order: this.query.order });
    if (place === "after") return;
    if (place === "before" || this.held) {
      this.ahead.add(task.id);
      this.late ||= place !== "before";
      return;
    }
    this.rows.value = rows.toSpliced(place, 0, rowOf(task)).slice(0, pageSize);
    this.settle(settling);
  }

  /** Reads the page again before long: one reading for all that happens until then. */
  private settle(wait: number): void {
    if (wait < settling) clearTimeout(this.due);
    else if (this.due !== undefined) return;
    this.due = setTimeout(() => {
      this.due = undefined;
      void this.read(!this.held);
    }, wait);
  }

  private take(tasks: TaskPage, whole: boolean): void {
    const known = new Map(this.rows.peek().map((row) => [row.id, row]));
    const rows = tasks.nodes.map((task) => {
      const row = known.get(task.id);
      if (!row) return rowOf(task);
      if (row.task.peek().version <= task.version) {
        row.task.value = task;
        row.out.value = false;
      }
      return row;
    });
    this.total.value = { count: tasks.totalCount, exact: tasks.totalCountExact };
    this.asOf.value = Date.now();
    this.late = !whole;
    if (!whole) return;
    this.rows.value = rows;
    this.page.value = tasks.pageInfo;
    for (const { id } of rows) this.ahead.delete(id);
    if (!tasks.pageInfo.hasPreviousPage) this.ahead.clear();
    this.newer.value = this.ahead.size;
  }
}

const rowOf = (task: TaskRow): Row => ({ id: task.id, task: signal(task), out: signal(false) });
