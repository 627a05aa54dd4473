import { useRef } from "preact/hooks";

import { readable } from "../layout/signs";
import { CopyButton } from "./CopyButton";

interface CopyTextProps {
  value: string;
  /** What it is, for who cannot see where it stands. */
  what: string;
}

/** A line to copy: an id or an address. */
export function CopyLine({ value, what }: CopyTextProps) {
  const shown = useRef<HTMLElement>(null);
  return (
    <span class="copy-line">
      <code ref={shown} class="foreign">{readable(value)}</code>
      <CopyButton value={value} what={what} shown={shown} />
    </span>
  );
}

/** A text to read and to copy: code, or a value with line breaks. It scrolls by itself. */
export function CopyBlock({ value, what }: CopyTextProps) {
  const shown = useRef<HTMLElement>(null);
  return (
    <div class="copy-block">
      <pre tabIndex={0} role="region" aria-label={what}><code ref={shown} class="foreign">{readable(value)}</code></pre>
      <CopyButton value={value} what={what} shown={shown} />
    </div>
  );
}
