import type { TaskList } from "../state/tasks";
import { text } from "../text/text";

interface PagerProps {
  list: TaskList;
  /** Whether the address names a place in the list. */
  placed: boolean;
  onPlace: (place: { after?: string; before?: string }) => void;
}

/** Goes through the pages; each has an address of its own. */
export function Pager({ list, placed, onPlace }: PagerProps) {
  const page = list.page.value;
  if (!page || (!page.hasNextPage && !page.hasPreviousPage && !placed)) return null;
  const next = async () => {
    const edges = await list.edges();
    if (edges?.hasNextPage && edges.endCursor) onPlace({ after: edges.endCursor });
  };
  const previous = async () => {
    const edges = await list.edges();
    onPlace(edges?.startCursor ? { before: edges.startCursor } : {});
  };
  return (
    <nav class="pager" aria-label={text("list.pages")}>
      <button disabled={!placed} onClick={() => onPlace({})}>{text("list.first")}</button>
      <button disabled={!page.hasPreviousPage} onClick={previous}>← {text("list.previous")}</button>
      <button disabled={!page.hasNextPage} onClick={next}>{text("list.next")} →</button>
    </nav>
  );
}
