import { now } from "../state/clock";
import { duration } from "../text/duration";

interface ElapsedProps {
  from: string | null;
  /** Null while it goes on: then it counts, each second. */
  to: string | null;
}

/** How long something took, or takes so far. */
export function Elapsed({ from, to }: ElapsedProps) {
  if (from === null) return null;
  const begin = Date.parse(from);
  // Under a second a clock that stands elsewhere would show in what counts.
  const took = to === null ? Math.max(1_000, now.value - begin) : Date.parse(to) - begin;
  return <span class="number">{duration(took)}</span>;
}
