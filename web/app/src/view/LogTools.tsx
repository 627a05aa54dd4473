import { useEffect, useRef } from "preact/hooks";

import type { LogLevel } from "../api/types";
import { bind } from "../state/keys";
import type { LogSearch } from "../state/logsearch";
import { language } from "../state/preferences";
import { text } from "../text/text";
import { announces, shownLevel, showsTimes } from "./logchoices";

interface LogToolsProps {
  taskId: string;
  search: LogSearch;
  /** The number of the line that the view begins with. */
  top: () => number;
}

export function LogTools({ taskId, search, top }: LogToolsProps) {
  return (
    <div class="log-tools">
      <SearchField search={search} top={top} />
      <select
        aria-label={text("log.level")} value={shownLevel.value ?? ""}
        onChange={(event) => (shownLevel.value = (event.currentTarget.value || null) as LogLevel | null)}
      >
        <option value="">{text("log.level.all")}</option>
        <option value="INFO">{text("log.level.info")}</option>
        <option value="WARN">{text("log.level.warn")}</option>
        <option value="ERROR">{text("log.level.error")}</option>
      </select>
      <button aria-pressed={showsTimes.value} onClick={() => (showsTimes.value = !showsTimes.value)}>{text("log.times")}</button>
      <button aria-pressed={announces.value} onClick={() => (announces.value = !announces.value)}>{text("log.announce")}</button>
      <a class="button" href={`/tasks/${encodeURIComponent(taskId)}/log.txt`} download>{text("log.download")}</a>
    </div>
  );
}

function SearchField({ search, top }: { search: LogSearch; top: () => number }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      bind([
        { key: "/", does: "keys.search", run: () => field.current?.select() },
        { key: "F3", does: "keys.next", run: () => search.step(1) },
      ]),
    [search],
  );
  // What is searched for stays so in a log from another level on.
  useEffect(() => {
    if (field.current?.value) void search.start(field.current.value, 1);
  }, [search]);
  const submit = (back: boolean) => {
    const wanted = field.current?.value ?? "";
    if (wanted === search.needle.value && (wanted === "" || search.matches.value.length > 0)) search.step(back ? -1 : 1);
    else void search.start(wanted, top());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    submit(event.shiftKey);
  };
  // The buttons go away when they are pressed, and the focus must not go with them.
  const again = () => {
    field.current?.focus();
    void search.start(search.needle.value, top());
  };
  const stop = () => {
    field.current?.focus();
    search.stop();
  };
  const many = search.matches.value.length > 0;
  return (
    <div class="log-search" role="search">
      <input
        ref={field} type="search" maxLength={200} placeholder={text("log.search")} aria-label={text("log.search")}
        onKeyDown={onKeyDown} onInput={(event) => event.currentTarget.value === "" && void search.start("", 1)}
      />
      <button aria-label={text("keys.previous")} title="Shift+F3" disabled={!many} onClick={() => search.step(-1)}>↑</button>
      <button aria-label={text("keys.next")} title="F3" disabled={!many} onClick={() => search.step(1)}>↓</button>
      <Found search={search} again={again} stop={stop} />
    </div>
  );
}

/** How far a search is, and what it found. */
function Found({ search, again, stop }: { search: LogSearch; again: () => void; stop: () => void }) {
  if (!search.needle.value) return null;
  const all = search.matches.value;
  const at = search.current.value === null ? -1 : all.indexOf(search.current.value);
  const number = (n: number) => n.toLocaleString(language.value);
  const count = `${at < 0 ? "" : `${number(at + 1)} / `}${number(all.length)}${search.full.value ? "+" : ""}`;
  if (search.failure.value) {
    return <span class="log-found is-problem" role="alert">{text("app.failed", search.failure.value)} <button onClick={again}>{text("app.again")}</button></span>;
  }
  if (search.progress.value !== null) {
    return (
      <span class="log-found">
        {count} · {Math.floor(search.progress.value * 100)} % <button onClick={stop}>{text("log.stop")}</button>
      </span>
    );
  }
  if (all.length === 0) {
    return <span class="log-found" role="status">{text(search.complete.value ? "log.notFound" : "log.stopped")}</span>;
  }
  return (
    <span class="log-found" role="status" title={search.full.value ? text("log.full") : undefined}>
      {count}{!search.complete.value && !search.full.value && ` · ${text("log.stopped")}`}
    </span>
  );
}
