import { effect, useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import { isFinal } from "../api/types";
import { isolated, percent } from "../layout/task";
import { linesOf } from "../layout/window";
import { bind } from "../state/keys";
import { hash } from "../state/route";
import { taskStore, type TaskStore } from "../state/task";
import { type Key, text } from "../text/text";
import { later } from "../view/Later";
import { Link } from "../view/Link";
import { StepList } from "../view/StepList";
import { currentTab, type Tab, Tabs, showTab } from "../view/Tabs";
import { TaskHeader } from "../view/TaskHeader";
import { WaitingNote } from "../view/WaitingNote";

const LogView = later(() => import("../view/LogView").then((file) => file.LogView));
const TaskTimeline = later(() => import("../view/TaskTimeline").then((file) => file.TaskTimeline));
const ResultList = later(() => import("../view/ResultList").then((file) => file.ResultList));
const TaskResources = later(() => import("../view/TaskResources").then((file) => file.TaskResources));
const TaskDetails = later(() => import("../view/TaskDetails").then((file) => file.TaskDetails));

interface TaskTab extends Tab {
  view: (store: TaskStore) => ComponentChildren;
  /** It takes the height that the rest of the page leaves, and scrolls by itself. */
  tall?: boolean;
  /** A key that shows it, and what the list of keys says of it. */
  shortcut?: { key: string; does: Key };
}

/** The parts of the page, in order; the first is shown unless the address names another. */
const tabs: readonly TaskTab[] = [
  { id: "steps", title: "task.tab.steps", shortcut: { key: "s", does: "task.key.steps" }, view: (store) => <StepList steps={store.steps} target={hash.value.slice(1)} /> },
  { id: "log", title: "task.tab.log", tall: true, shortcut: { key: "l", does: "task.key.log" }, view: (store) => <TaskLog store={store} /> },
  { id: "timeline", title: "task.tab.timeline", shortcut: { key: "t", does: "task.key.timeline" }, view: (store) => <TaskTimeline store={store} /> },
  { id: "results", title: "task.tab.results", view: (store) => <ResultList store={store} /> },
  { id: "resources", title: "task.tab.resources", shortcut: { key: "u", does: "task.key.resources" }, view: (store) => <Resources store={store} /> },
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
  // What leads to a step, content or line leads to the tab that shows it.
  useEffect(() => {
    if (hash.value.startsWith(`#${id}-`)) showTab(tabs, "steps", { keepHash: true });
    else if (linesOf(hash.value)) showTab(tabs, "log", { keepHash: true });
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
        <article class={tabs.find((tab) => tab.id === currentTab(tabs))?.tall ? "task is-tall" : "task"}>
          <Trouble store={store} />
          <TaskHeader store={store} />
          <WaitingNote store={store} />
          <Tabs label={text("task.tabs")} tabs={tabs}>{(tab) => tabs.find((one) => one.id === tab)?.view(store)}</Tabs>
        </article>
      );
  }
}

function TaskLog({ store }: { store: TaskStore }) {
  const final = useComputed(() => isFinal(store.head.value!.status));
  return <LogView taskId={store.id} final={final} />;
}

function Resources({ store }: { store: TaskStore }) {
  const task = useComputed(() => store.head.value!);
  return <TaskResources task={task} />;
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
