import { language } from "../state/preferences";
import type { Log } from "../state/log";
import { text } from "../text/text";
import type { LogRows } from "./LogRows";

/** Goes to the end and stays there; says how much has come since the reader left it. */
export function FollowButton({ log, rows, focus }: { log: Log; rows: LogRows; focus: () => void }) {
  if (rows.follows.value || log.rows.value === 0) return null;
  const more = log.rows.value - rows.left.value;
  const ended = log.standing.value === "ended";
  if (ended && more <= 0) return null;
  const follow = () => {
    rows.follow();
    // The button goes away, and the focus must not go with it.
    focus();
  };
  return (
    <button class="log-follow primary" onClick={follow}>
      ↓ {text("log.follow")}
      {more > 0 && <span> · {text("log.new", more.toLocaleString(language.value))}</span>}
    </button>
  );
}
