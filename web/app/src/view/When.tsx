import { duration, instant } from "../text/duration";
import { text } from "../text/text";
import { Clock } from "./Clock";

interface WhenProps {
  /** RFC 3339. */
  at: string;
  /** Whether it has been, also by a clock that is behind the server's. */
  past?: boolean;
}

/** How far an instant is from now, to the minute; the instant itself when pointed at. */
export function When({ at, past = false }: WhenProps) {
  const from = Date.parse(at);
  const far = (now: number) => duration(Math.max(1, Math.floor(Math.abs(now - from) / 60_000)) * 60_000);
  return (
    <time dateTime={at} title={instant(at)}>
      <Clock key={at} of={(now) => text(!past && from > now ? "time.in" : "time.ago", far(now))} />
    </time>
  );
}
