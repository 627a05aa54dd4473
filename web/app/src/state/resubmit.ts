import * as operations from "../api/operations.submit";
import type { SubmittedTask } from "../api/types";
import { inputFrom } from "../layout/resubmission";
import { replace } from "./draft";
import { ask } from "./session";

/** Fills the form from a task; says whether there is such a task. Throws a RequestError. */
export async function fillFrom(id: string): Promise<boolean> {
  const { task } = await ask<{ task: SubmittedTask | null }>(operations.submittedTask, { id });
  if (task) replace(inputFrom(task));
  return task !== null;
}
