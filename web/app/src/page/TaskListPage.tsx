import { useEffect, useMemo } from "preact/hooks";

import { connection } from "../api/live";
import { addressOf, type ListQuery, isFiltered, narrowed, readQuery, toggleLabel, unfiltered } from "../layout/listquery";
import { bucketOf } from "../layout/spark";
import { kept, nothingSelected } from "../layout/selection";
import { announce } from "../state/announce";
import { selection } from "../state/chosen";
import { Figures } from "../state/figures";
import { navigate, search } from "../state/route";
import { may } from "../state/session";
import { TaskList } from "../state/tasks";
import { instant } from "../text/duration";
import { countText } from "../text/count";
import { text } from "../text/text";
import { BulkBar } from "../view/BulkBar";
import { Link } from "../view/Link";
import { Pager } from "../view/Pager";
import { Sparkline } from "../view/Sparkline";
import { TaskFilters } from "../view/TaskFilters";
import { TaskTable } from "../view/TaskTable";

/** The tasks at `/`: a page of them, kept as the server has it. */
export function TaskListPage() {
  const list = useMemo(() => new TaskList(), []);
  const figures = useMemo(() => new Figures(), []);
  const address = search.value.toString();
  const query = useMemo(() => readQuery(search.value), [address]);
  useEffect(() => {
    list.show(query);
    figures.show(query);
    return () => {
      list.end();
      figures.end();
    };
  }, [address]);
  useEffect(() => {
    document.title = `${text("app.tasks")} – Stepcast`;
    return () => (selection.value = nothingSelected);
  }, []);
  useEffect(() => {
    selection.value = kept(selection.peek(), list.rows.value.map((row) => row.id));
  }, [list.rows.value]);
  const go = (next: ListQuery, replace = false) => navigate(addressOf(next), { replace });
  return (
    <>
      <div class="list-head">
        <h1>{text("app.tasks")}</h1>
        <Count list={list} />
        <div class="list-hour"><Sparkline buckets={figures.hour.value.map(bucketOf)} label={text("list.hour")} /></div>
        {may.submit() && <Link to="/submit" class="button primary">{text("app.submit")}</Link>}
      </div>
      <TaskFilters query={query} counts={figures.counts.value} onChange={go} />
      <Standing list={list} query={query} onFirst={() => go(narrowed(query, {}))} />
      {list.rows.value.length > 0 ? (
        <TaskTable
          list={list}
          onLabel={(label) => go(toggleLabel(query, label))}
          onOwner={(owner) => go(narrowed(query, { owner }))}
        />
      ) : (
        !list.loading.value && !list.failure.value && <Nothing query={query} onChange={go} />
      )}
      <Pager
        list={list}
        placed={query.after !== "" || query.before !== ""}
        onPlace={(place) => {
          go(narrowed(query, place));
          scrollTo(0, 0);
        }}
      />
      <BulkBar list={list} />
    </>
  );
}

function Count({ list }: { list: TaskList }) {
  const total = list.total.value;
  const shown = total ? (total.count === 1 ? text("list.count.one") : text("list.count", countText(total.count, total.exact))) : "";
  useEffect(() => {
    if (shown) announce(shown);
  }, [shown]);
  return <span class="list-count">{shown}</span>;
}

interface StandingProps {
  list: TaskList;
  query: ListQuery;
  onFirst: () => void;
}

/** How what is shown stands to what is: new tasks, a failure, an old state. */
function Standing({ list, query, onFirst }: StandingProps) {
  const { newer, failure, loading, asOf } = list;
  const placed = query.after !== "" || query.before !== "";
  const changed = query.order === "RECENTLY_CHANGED";
  return (
    <div class="standing">
      {failure.value && (
        <p role="alert" class="problem">
          {text("app.failed", failure.value)}{" "}
          <button onClick={() => list.show(query)}>{text("app.again")}</button>{" "}
          {placed && <button onClick={onFirst}>{text("list.firstPage")}</button>}
        </p>
      )}
      {loading.value && list.rows.value.length === 0 && <p class="muted">{text("app.loading")}</p>}
      {connection.value !== "live" && asOf.value > 0 && (
        <span class="muted">{text("list.asOf", instant(new Date(asOf.value).toISOString()))}</span>
      )}
      {newer.value > 0 && (
        <button class="newer" onClick={() => (placed ? onFirst() : void list.read())}>
          ↑ {text(changed ? "list.changed" : "list.newer", newer.value)}
        </button>
      )}
    </div>
  );
}

interface NothingProps {
  query: ListQuery;
  onChange: (query: ListQuery) => void;
}

function Nothing({ query, onChange }: NothingProps) {
  if (isFiltered(query) || query.after || query.before) {
    return (
      <section class="empty">
        <p>{text("list.none")}</p>
        <button onClick={() => onChange(unfiltered(query))}>{text("list.clear")}</button>
      </section>
    );
  }
  return (
    <section class="empty">
      <h2>{text("list.empty")}</h2>
      {may.submit() && (
        <>
          <p><Link to="/submit" class="button primary">{text("list.empty.console")}</Link></p>
          <p>{text("list.empty.cli")}</p>
          <pre class="card">stepcast submit examples/1-hello.json</pre>
        </>
      )}
    </section>
  );
}
