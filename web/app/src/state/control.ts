import { RequestError } from "../api/graphql";
import * as operations from "../api/operations.task";
import type { TaskShot, UserError } from "../api/types";
import { type Action, allows } from "../layout/task";
import { text } from "../text/text";
import { ask, may, viewer } from "./session";
import type { TaskStore } from "./task";

const documents: Record<Action, string> = {
  cancel: operations.cancelTask,
  pause: operations.pauseTask,
  resume: operations.resumeTask,
  retry: operations.retryTask,
};

/** Why the viewer cannot ask for an action now; null when they can. The server decides. */
export function obstacle(store: TaskStore, action: Action): string | null {
  const head = store.head.value;
  if (!head || !viewer.value) return text("app.loading");
  if (!may.control(head.owner)) return text("task.mayNot", viewer.value.role, head.owner);
  if (!allows(head.status, action)) return text(`task.${action}.not`, text(`status.${head.status}`));
  return null;
}

/**
 * Asks the server for an action and shows the task as it answers. Gives null when the
 * server took it, else why not. With `ifVersion` it is refused should the task have
 * another version by now.
 */
export async function control(store: TaskStore, action: Action, ifVersion?: number): Promise<string | null> {
  try {
    const { answer } = await ask<{ answer: { task: TaskShot | null; userErrors: UserError[] } }>(documents[action], {
      input: { id: store.id, ifVersion: ifVersion ?? null },
    });
    if (answer.userErrors.length > 0) return answer.userErrors.map(refusal).join("\n");
    if (answer.task) store.take(answer.task);
    return null;
  } catch (failure) {
    if (failure instanceof RequestError && failure.code === "NETWORK") return text("task.unanswered");
    return text("app.failed", failure instanceof Error ? failure.message : String(failure));
  }
}

function refusal(error: UserError): string {
  if (error.code === "CONFLICT") return text("task.conflict");
  return error.retryAfterSeconds === null ? error.message : `${error.message} (${text("time.in", `${error.retryAfterSeconds} s`)})`;
}
