import { effect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import { isolated, percent } from "../layout/task";
import { bind } from "../state/keys";
import { hash } from "../state/route";
import { taskStore, type TaskStore } from "../state/task";
import { type Key, text } from "../text/text";
import { Link } from "../view/Link";
import { ResultList } from "../view/ResultList";
import { StepList } from "../view/StepList";
import { type Tab, Tabs, showTab } from "../view/Tabs";
import { TaskDetails } from "../view/TaskDetails";
import { TaskHeader } from "../view/TaskHeader";
import { WaitingNote } from "../view/WaitingNote";

interface TaskTab extends Tab {
  view: (store: TaskStore) => ComponentChildren;
  /** A key that shows it, and what the list of keys says of it. */
  shortcut?: { key: string; does: Key };
}

/** The parts of the page, in order; the first is shown unless the address names another. */
const tabs: readonly TaskTab[] = [
  { id: "steps", title: "task.tab.steps", shortcut: { key: "s", does: "task.key.steps" }, view: (store) => <StepList store={store} /> },
  { id: "results", title: "task.tab.results", view: (store) => <ResultList store={store} /> },
  { id: "details", title: "task.tab.details", view: (store) => <TaskDetails store={store} /> },
];

/** One task, live: /tasks/690. */
export function TaskPage({ id }: { id: string }) {
  const store = useMemo(() => taskStore(id), [id]);
  useEffect(() => store.open(), [store]);
  useEffect(() => showTitle(store), [store]);
  useEffect(
    () => bind(tabs.flatMap(({ id: tab, shortcut }) => (shortcut ? [{ ...shortcut, run: () => showTab(tabs, tab) }] : []))),
    [],
  );
  // What leads to a step or content leads to the tab that shows it.
  useEffect(() => {
    if (hash.value.startsWith(`#${id}-`)) showTab(tabs, "steps");
  }, [hash.value]);

  switch (store.phase.value) {
    case "loading":
      return <p class="empty" role="status">{text("app.loading")}</p>;
    case "missing":
      return <Instead title={text("task.missing", id)}><Link to="/">{text("app.notFound.home")}</Link></Instead>;
    case "failed":
      return (
        <Instead title={text("task.failed", store.trouble.value ?? "")}>
          <button onClick={() => void store.reload()}>{text("app.again")}</button>
        </Instead>
      );
    case "shown":
      return (
        <article class="task">
          <Trouble store={store} />
          <TaskHeader store={store} />
          <WaitingNote store={store} />
          <Tabs label={text("task.tabs")} tabs={tabs}>{(tab) => tabs.find((one) => one.id === tab)?.view(store)}</Tabs>
        </article>
      );
  }
}

/** What is shown where there is no task to show. */
function Instead({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="empty" role="alert">
      <h1>{title}</h1>
      <p>{children}</p>
    </section>
  );
}

/** Says that what is shown may be old, and why. */
function Trouble({ store }: { store: TaskStore }) {
  const trouble = store.trouble.value;
  if (trouble === null) return null;
  return (
    <p role="alert" class="task-note is-problem">
      {text("task.stale", trouble)} <button class="small" onClick={() => void store.reload()}>{text("app.again")}</button>
    </p>
  );
}

/** Keeps the title of the page what the task is, until the returned function is called. */
function showTitle(store: TaskStore): () => void {
  const stop = effect(() => {
    const head = store.head.value;
    if (!head) return;
    const status = text(`status.${head.status}`);
    const state = head.status === "RUNNING" ? `${percent(store.progress.value)} ${status}` : status;
    document.title = text("task.title", state, isolated(head.description));
  });
  return () => {
    stop();
    document.title = "Stepcast";
  };
}
