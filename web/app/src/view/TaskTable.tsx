import { useEffect, useRef } from "preact/hooks";

import { allOrNone, extended, toggled } from "../layout/selection";
import { selection } from "../state/chosen";
import { bind } from "../state/keys";
import type { TaskList } from "../state/tasks";
import { text } from "../text/text";
import { type RowActions, TaskRow } from "./TaskRow";

interface TaskTableProps extends Omit<RowActions, "onSelect"> {
  list: TaskList;
}

/** How long a pointer at rest keeps rows from moving, in milliseconds. */
const resting = 5_000;

/** The tasks of the page: j and k go through them, x chooses, Enter opens. */
export function TaskTable({ list, onLabel, onOwner }: TaskTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const rows = list.rows.value;
  const order = () => list.rows.peek().map((row) => row.id);
  const onSelect = (id: string, range: boolean) => {
    selection.value = range ? extended(selection.peek(), id, order()) : toggled(selection.peek(), id);
  };
  useKeys(body, (id) => onSelect(id, false));
  const hold = useHold(list);
  const all = rows.length > 0 && rows.every((row) => selection.value.ids.has(row.id));
  return (
    <table class="tasks" role="table" aria-busy={list.loading.value} {...hold}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col" class="task-check">
            <input
              type="checkbox"
              checked={all}
              aria-label={text("list.selectAll")}
              onClick={() => (selection.value = allOrNone(selection.peek(), order()))}
            />
          </th>
          <th role="columnheader" scope="col" class="task-status">{text("list.status")}</th>
          <th role="columnheader" scope="col" class="task-what">{text("list.task")}</th>
          <th role="columnheader" scope="col" class="task-progress">{text("list.progress")}</th>
          <th role="columnheader" scope="col" class="task-owner">{text("list.owner")}</th>
          <th role="columnheader" scope="col" class="task-age">{text("list.age")}</th>
          <th role="columnheader" scope="col" class="task-took">{text("list.took")}</th>
        </tr>
      </thead>
      <tbody ref={body} role="rowgroup">
        {rows.map((row) => <TaskRow key={row.id} row={row} onSelect={onSelect} onLabel={onLabel} onOwner={onOwner} />)}
      </tbody>
    </table>
  );
}

/** Rows do not move under a pointer that is about to be used. */
function useHold(list: TaskList) {
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const leave = () => {
    clearTimeout(rest.current);
    list.hold(false);
  };
  const move = () => {
    clearTimeout(rest.current);
    list.hold(true);
    rest.current = setTimeout(leave, resting);
  };
  useEffect(() => leave, []);
  return { onPointerMove: move, onPointerDown: move, onPointerLeave: leave };
}

/** Makes j, k and x work on the row that has the focus, or had it last. */
function useKeys(body: { current: HTMLTableSectionElement | null }, onSelect: (id: string) => void) {
  useEffect(() => {
    let last = -1;
    const all = () => [...(body.current?.querySelectorAll("tr") ?? [])];
    const at = () => {
      const focused = all().findIndex((row) => row.contains(document.activeElement));
      return focused < 0 ? last : focused;
    };
    const move = (by: number) => {
      const links = all().map((row) => row.querySelector<HTMLElement>(".task-what a"));
      last = Math.max(0, Math.min(links.length - 1, at() + by));
      links[last]?.focus();
      links[last]?.scrollIntoView({ block: "nearest" });
    };
    return bind([
      { key: "j", does: "keys.next", run: () => move(1) },
      { key: "k", does: "keys.previous", run: () => move(-1) },
      {
        key: "x",
        does: "keys.select",
        run: () => {
          const id = all()[at()]?.dataset["id"];
          if (id) onSelect(id);
        },
      },
    ]);
  }, []);
}
