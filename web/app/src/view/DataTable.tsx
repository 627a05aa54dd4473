import type { ComponentChildren } from "preact";

import { readable } from "../layout/signs";

interface DataTableProps {
  /** What it is, for who cannot see where it stands. */
  label: string;
  head: readonly ComponentChildren[];
  /** The first of each row says which it is. */
  rows: readonly (readonly ComponentChildren[])[];
  /** The number of the first row, where the rows are a part of more. */
  from?: number;
}

/** A table that scrolls by itself, also by keys. */
export function DataTable({ label, head, rows, from = 0 }: DataTableProps) {
  return (
    <div class="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>{head.map((name, i) => <th key={i} scope="col" class="foreign">{cell(name)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map(([name, ...values], i) => (
            <tr key={from + i}>
              <th scope="row" class="foreign">{cell(name)}</th>
              {values.map((value, j) => <td key={j} class="foreign">{cell(value)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const cell = (children: ComponentChildren) => (typeof children === "string" ? readable(children) : children);
