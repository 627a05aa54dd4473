import { signal } from "@preact/signals";

import * as operations from "../api/operations.list";
import type { Status, TaskPayload } from "../api/types";
import { type Action, nothingSelected, type Selection } from "../layout/selection";
import { ask } from "./session";

/** What is chosen of the page. */
export const selection = signal<Selection>(nothingSelected);

/** What became of one of several tasks. */
export interface Outcome {
  id: string;
  /** Its status afterwards; null when it was refused. */
  status: Status | null;
  /** Why it was refused. */
  message: string;
}

const documents: Record<Action, string> = { cancel: operations.cancelTasks, retry: operations.retryTasks };

/** Does to each task what was confirmed, and says of each what the server said. Throws a RequestError. */
export async function doToAll(action: Action, ids: string[]): Promise<Outcome[]> {
  const data = await ask<{ all: { results: TaskPayload[] } }>(documents[action], { ids });
  return data.all.results.map(({ task, userErrors }, i) => ({
    id: ids[i] ?? "",
    status: task?.status ?? null,
    message: userErrors.map((error) => error.message).join(" "),
  }));
}
