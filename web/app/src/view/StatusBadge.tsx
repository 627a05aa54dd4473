import type { Status } from "../api/types";
import { text } from "../text/text";

// Signs that fonts of text have; those of emoji are missing on many systems, or are pictures in their own colour.
const glyphs: Record<Status, string> = {
  WAITING: "◷", RUNNING: "▶", PAUSING: "‖", PAUSED: "‖", CANCELLING: "■", CANCELLED: "■",
  SUCCEEDED: "✓", FAILED: "✕", TIMED_OUT: "◔", SKIPPED: "–",
};

/** A status by colour, sign and word. */
export function StatusBadge({ status }: { status: Status }) {
  return (
    <span class={`status is-${status.toLowerCase()}`}>
      <span aria-hidden="true">{glyphs[status]}</span> {text(`status.${status}`)}
    </span>
  );
}
