import { useEffect } from "preact/hooks";

import { pathname } from "./state/route";
import { loadViewer } from "./state/session";
import { NotFoundPage } from "./page/NotFoundPage";
import { type LaterComponent, later } from "./view/Later";
import { Shell } from "./view/Shell";

/** A page and its addresses; what the pattern captures are its parameters. */
interface Route {
  pattern: RegExp;
  page: LaterComponent<{ id: string }>;
}

const TaskListPage = later<object>(() => import("./page/TaskListPage").then((file) => file.TaskListPage));
const TaskPage = later<{ id: string }>(() => import("./page/TaskPage").then((file) => file.TaskPage));
const SubmitPage = later<object>(() => import("./page/SubmitPage").then((file) => file.SubmitPage));
const AccountPage = later<object>(() => import("./page/AccountPage").then((file) => file.AccountPage));
const UsersPage = later<object>(() => import("./page/UsersPage").then((file) => file.UsersPage));

const routes: Route[] = [
  { pattern: /^\/$/, page: TaskListPage },
  { pattern: /^\/tasks\/([^/]+)$/, page: TaskPage },
  { pattern: /^\/submit$/, page: SubmitPage },
  { pattern: /^\/account$/, page: AccountPage },
  { pattern: /^\/users$/, page: UsersPage },
];

/** The page that an address shows, and its parameter. */
function routeOf(path: string): { page: Route["page"]; id: string } | null {
  for (const { pattern, page } of routes) {
    const match = pattern.exec(path);
    if (match) return { page, id: match[1] ?? "" };
  }
  return null;
}

/** Loads what the address shows, while there is nothing to show yet. */
export const loadPage = () => routeOf(pathname.peek())?.page.begin();

export function App() {
  useEffect(() => {
    // Failing tells by itself: the bar across the page offers to sign in, or to try again.
    loadViewer().catch(() => undefined);
  }, []);
  const route = routeOf(pathname.value);
  if (!route) return <Shell><NotFoundPage /></Shell>;
  return <Shell><route.page key={pathname.value} id={route.id} /></Shell>;
}
