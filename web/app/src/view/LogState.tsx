import type { ReadonlySignal } from "@preact/signals";
import { useRef } from "preact/hooks";

import { connection } from "../api/live";
import type { Log } from "../state/log";
import { text } from "../text/text";

/** What stands in the place of lines, or says that those shown are not all. */
export function LogState({ log, over }: { log: Log; over: ReadonlySignal<boolean> }) {
  // Until it is live again: while it tries, it is lost as well.
  const lost = useRef(false);
  if (connection.value !== "connecting") lost.current = connection.value === "lost";
  // What could not be read meanwhile is read by itself once it is live again.
  if (log.standing.value !== "ended" && !over.value && lost.current) {
    return <div class="log-state is-problem">{text("log.notLive")}</div>;
  }
  if (log.failure.value) {
    return (
      <div class="log-state is-problem" role="alert">
        <span>{text("app.failed", log.failure.value)}</span>
        <button onClick={() => log.again()}>{text("app.again")}</button>
      </div>
    );
  }
  if (log.examined.value < 1) {
    return (
      <div class="log-state">
        <progress aria-label={text("log.examining")} value={log.examined.value} /> {text("log.examining")}
      </div>
    );
  }
  if (log.rows.value > 0) return null;
  return <div class="log-state" role="status">{text(emptiness(log))}</div>;
}

function emptiness(log: Log) {
  if (log.standing.value === "loading") return "app.loading";
  if (log.source.level !== null) return "log.noneOfLevel";
  return log.standing.value === "ended" ? "log.none" : "log.noneYet";
}
