import { isFinal, type Attempt } from "../api/types";
import { instant } from "../text/duration";
import { text } from "../text/text";
import { DataTable } from "./DataTable";
import { Elapsed } from "./Elapsed";
import { ErrorText } from "./ErrorText";
import { StatusBadge } from "./StatusBadge";

/** All attempts of a task and how they ended, oldest first. */
export function AttemptList({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <DataTable
      label={text("task.attempts")}
      head={[text("task.attempts.number"), text("task.attempts.status"), text("task.started"), text("task.elapsed"), text("task.attempts.error")]}
      rows={attempts.map(({ number, status, startedAt, finishedAt, error }) => [
        number,
        <StatusBadge status={status} />,
        startedAt && instant(startedAt),
        <Elapsed from={startedAt} to={isFinal(status) ? finishedAt : null} />,
        error && <ErrorText error={error} />,
      ])}
    />
  );
}
