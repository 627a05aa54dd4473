import { useSignal } from "@preact/signals";

import type { TaskResult } from "../api/types";
import { mostRows, readTable, type Table } from "../state/results";
import { text } from "../text/text";
import { DataTable } from "./DataTable";
import { Loaded } from "./Loaded";

/** How many rows are shown at once. */
const size = 100;

/** The rows of a result set, a page at a time. What is read grows with the pages that are asked for. */
export function ResultTable({ result }: { result: TaskResult }) {
  const from = useSignal(0);
  // Twice as much each time, so that going through all reads each row about twice at most.
  let wanted = 2 * size;
  while (wanted < from.value + size) wanted *= 2;
  return (
    <Loaded of={`${result.id}:${wanted}`} load={(signal) => readTable(result.url, wanted, signal)}>
      {(table) => <Rows result={result} table={table} from={from.value} onFrom={(row) => (from.value = row)} />}
    </Loaded>
  );
}

interface RowsProps {
  result: TaskResult;
  table: Table;
  from: number;
  onFrom: (row: number) => void;
}

function Rows({ result, table, from, onFrom }: RowsProps) {
  const rows = table.rows.slice(from, from + size);
  const total = table.whole ? table.rows.length : Math.max(result.rows ?? 0, table.rows.length);
  if (total === 0) return <p class="muted">{text("task.table.empty")}</p>;
  const last = from + rows.length;
  const readable = Math.min(total, mostRows);
  return (
    <>
      <DataTable
        label={result.name}
        head={["#", ...table.columns]}
        rows={rows.map((row, i) => [
          <span class="number muted">{from + i + 1}</span>,
          ...row.map((value) => value ?? <span class="muted">NULL</span>),
        ])}
        from={from}
      />
      <div class="pager">
        <span role="status">{text("task.table.page", from + 1, last, total)}</span>
        {total > size && (
          <>
            <button class="small" disabled={from === 0} onClick={() => onFrom(Math.max(0, from - size))}>{text("task.table.previous")}</button>
            <button class="small" disabled={last >= readable || rows.length < size} onClick={() => onFrom(from + size)}>{text("task.table.next")}</button>
          </>
        )}
        {last < total && (last >= readable || rows.length < size) && <span class="muted">{text("task.table.cut", last)}</span>}
      </div>
    </>
  );
}
