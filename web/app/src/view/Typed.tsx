import { useEffect, useRef, useState } from "preact/hooks";

import { bind } from "../state/keys";

interface TypedProps {
  value: string;
  label: string;
  class?: string;
  /** The key that goes there. */
  shortcut?: string;
  onType: (value: string) => void;
}

/** How long after the last letter a text counts, in milliseconds. */
const pause = 250;

/** A field whose text counts when the writer pauses. */
export function Typed({ value, label, class: name, shortcut, onType }: TypedProps) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  // Other conditions may change while the writer pauses: those of then count.
  const latest = useRef(onType);
  latest.current = onType;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => latest.current(typed), pause);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    if (!shortcut) return;
    return bind([{ key: shortcut, does: "keys.search", run: () => input.current?.focus() }]);
  }, []);
  return (
    <input
      ref={input}
      type="search"
      class={name}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      placeholder={shortcut ? `${label}  ${shortcut}` : label}
      maxLength={1_000}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  );
}
