import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { isFinal, type TaskResult } from "../api/types";
import { readable } from "../layout/signs";
import { every } from "../state/every";
import { readText, type Shows, showsAs } from "../state/results";
import type { TaskStore } from "../state/task";
import { bytes } from "../text/duration";
import { text } from "../text/text";
import { CopyBlock } from "./CopyText";
import { Loaded } from "./Loaded";
import { ResultTable } from "./ResultTable";

/** How often a task that is not over is asked for results, in milliseconds. */
const period = 5_000;

/** What a task produced: all of it to download, and what is safe to look at. */
export function ResultList({ store }: { store: TaskStore }) {
  const status = store.head.value?.status;
  const over = status !== undefined && isFinal(status);
  useEffect(() => (over ? undefined : every(period, store.reloadResults)), [store, over]);
  const results = store.extras.value?.results ?? [];
  if (results.length === 0) return <p class="empty">{text(over ? "task.results.none" : "task.results.notYet")}</p>;
  return (
    <ul class="results">
      {results.map((result) => <Result key={result.id} result={result} open={results.length === 1} />)}
    </ul>
  );
}

function Result({ result, open }: { result: TaskResult; open: boolean }) {
  const how = showsAs(result);
  const shown = useSignal(open && how === "table");
  const verb = text(shown.value ? "task.results.hide" : "task.results.show");
  return (
    <li class="result">
      <div class="result-head">
        <h2 class="foreign">{readable(result.name)}</h2>
        <span class="muted">
          <span class="foreign">{readable(result.contentType.split(";")[0] ?? "")}</span> · {bytes(result.bytes)}
          {result.rows !== null && <> · {text("task.results.of", text("task.results.rows"), result.rows)}</>}
        </span>
        <span class="result-actions">
          {how && (
            <button class="small" aria-expanded={shown.value} aria-label={text("task.results.of", verb, result.name)} onClick={() => (shown.value = !shown.value)}>
              {verb}
            </button>
          )}
          <a class="button small" href={result.url} download aria-label={text("task.results.of", text("task.results.download"), result.name)}>
            {text("task.results.download")}
          </a>
        </span>
      </div>
      {shown.value && how && <Shown result={result} how={how} />}
    </li>
  );
}

function Shown({ result, how }: { result: TaskResult; how: NonNullable<Shows> }) {
  if (how === "table") return <ResultTable result={result} />;
  if (how === "image") return <Image result={result} />;
  return (
    <Loaded of={result.id} load={(signal) => readText(result.url, signal)}>
      {(read) => (
        <>
          <CopyBlock value={read.text} what={result.name} />
          {!read.whole && <p class="muted">{text("task.results.cut")}</p>}
        </>
      )}
    </Loaded>
  );
}

function Image({ result }: { result: TaskResult }) {
  const broken = useSignal(false);
  if (broken.value) return <p role="alert" class="is-problem">{text("task.results.broken")}</p>;
  return <img class="result-image" src={result.url} alt={text("task.results.image", result.name)} onError={() => (broken.value = true)} />;
}
