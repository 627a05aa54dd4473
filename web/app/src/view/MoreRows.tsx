import type { Pages, Reading } from "../state/pages";
import { text } from "../text/text";

interface MoreRowsProps<Row> {
  list: Pages<Row>;
  read: Reading<Row>;
  /** What to say when there is none. */
  none: string;
}

/** What stands below the rows: that they come, why they do not, that there are none, or a button for more. */
export function MoreRows<Row>({ list, read, none }: MoreRowsProps<Row>) {
  if (list.failure.value) {
    return (
      <p role="alert" class="problem">
        {text("app.failed", list.failure.value)} <button class="small" onClick={() => list.retry()}>{text("app.again")}</button>
      </p>
    );
  }
  if (list.rows.value === null) return <p class="muted">{text("app.loading")}</p>;
  if (list.rows.value.length === 0) return <p class="muted">{none}</p>;
  if (!list.more.value) return null;
  return <div><button disabled={list.loading.value} onClick={() => list.next(read)}>{text("rows.more")}</button></div>;
}
