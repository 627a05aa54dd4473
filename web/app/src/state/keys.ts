import type { Key } from "../text/text";

/** A key, as KeyboardEvent.key has it, and what it does. */
export interface Shortcut {
  key: string;
  does: Key;
  run: () => void;
}

const groups: Shortcut[][] = [];

/** Makes keys work until the returned function is called; the newest of a key counts. */
export function bind(shortcuts: Shortcut[]): () => void {
  groups.push(shortcuts);
  return () => {
    const i = groups.indexOf(shortcuts);
    if (i >= 0) groups.splice(i, 1);
  };
}

/** All that work now, the newest first, each key once. */
export function bound(): Shortcut[] {
  const seen = new Set<string>();
  return groups.toReversed().flat().filter((shortcut) => !seen.has(shortcut.key) && seen.add(shortcut.key));
}

/** Whether letters are for the element that has the focus: a box to tick and a slider take none. */
const writes = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio], [type=range]), textarea, select"));

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (writes(event.target)) {
    if (event.key === "Escape") (event.target as HTMLElement).blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const shortcut = bound().find((one) => one.key === event.key);
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run();
});
