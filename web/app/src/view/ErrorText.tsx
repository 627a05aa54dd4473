import type { TaskError } from "../api/types";
import { readable } from "../layout/signs";
import { text } from "../text/text";
import { Link } from "./Link";

interface ErrorTextProps {
  error: TaskError;
  /** Given where the step or content to blame is elsewhere: then a link leads there. */
  taskId?: string;
}

/** Why something did not succeed. */
export function ErrorText({ error, taskId }: ErrorTextProps) {
  const place = error.contentId ?? error.stepId;
  return (
    <>
      <span class="foreign">{readable(error.message)}</span> <code>{error.code}</code>
      {taskId && place && <> <Link to={`/tasks/${taskId}#${place}`}>{text("task.error.where")} ({place})</Link></>}
    </>
  );
}
