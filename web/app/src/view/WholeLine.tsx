import { useLayoutEffect, useRef } from "preact/hooks";

import type { LogLine } from "../api/types";
import { parse, wholeLimits } from "../layout/ansi";
import { linked } from "../layout/marks";
import { bytes, instant } from "../text/duration";
import { text } from "../text/text";
import { Dialog } from "./Dialog";
import { spanNode } from "./LogRow";

/** A line alone, broken where it must be. */
export function WholeLine({ line, onClose }: { line: LogLine; onClose: () => void }) {
  const place = useRef<HTMLPreElement>(null);
  const { spans, rest } = parse(line.text, wholeLimits);
  useLayoutEffect(() => place.current?.replaceChildren(...linked(spans).map(spanNode)), [line]);
  return (
    <Dialog title={text("log.line", line.number)} onClose={onClose}>
      <p class="log-about">{instant(line.at)} · {line.stream} · {line.level} · {text("log.attempt", line.attempt)}</p>
      <pre class="log-whole foreign" tabIndex={0} ref={place} />
      {rest > 0 && <p>{text("log.rest", bytes(rest))}</p>}
    </Dialog>
  );
}
