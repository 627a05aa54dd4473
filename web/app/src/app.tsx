import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

import { pathname } from "./state/route";
import { loadViewer } from "./state/session";
import { NotFoundPage } from "./page/NotFoundPage";
import { TaskListPage } from "./page/TaskListPage";
import { later } from "./view/Later";
import { Shell } from "./view/Shell";

/** A page and its addresses; what the pattern captures are its parameters. */
interface Route {
  pattern: RegExp;
  page: ComponentType<{ id: string }>;
}

const TaskPage = later<{ id: string }>(() => import("./page/TaskPage").then((file) => file.TaskPage));
const SubmitPage = later<object>(() => import("./page/SubmitPage").then((file) => file.SubmitPage));

const routes: Route[] = [
  { pattern: /^\/$/, page: TaskListPage },
  { pattern: /^\/tasks\/([^/]+)$/, page: TaskPage },
  { pattern: /^\/submit$/, page: SubmitPage },
];

export function App() {
  useEffect(() => {
    // Failing tells by itself: the bar across the page offers to sign in, or to try again.
    loadViewer().catch(() => undefined);
  }, []);
  for (const { pattern, page: Page } of routes) {
    const match = pattern.exec(pathname.value);
    if (match) return <Shell><Page key={pathname.value} id={match[1] ?? ""} /></Shell>;
  }
  return <Shell><NotFoundPage /></Shell>;
}
