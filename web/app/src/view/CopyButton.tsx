import { notify } from "../state/announce";
import { text } from "../text/text";

interface CopyButtonProps {
  value: string;
  /** What is copied, for who cannot see where the button stands. */
  what: string;
  /** The element that shows the value: it is selected where the page may not copy. */
  shown: { current: HTMLElement | null };
}

export function CopyButton({ value, what, shown }: CopyButtonProps) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      // Without TLS there is no clipboard, but from this machine itself.
      if (!copySelected(shown.current)) return notify(text("copy.refused"), "problem");
    }
    notify(text("copy.done"));
  };
  return (
    <button class="small" aria-label={text("copy.what", what)} onClick={copy}>{text("copy.copy")}</button>
  );
}

function copySelected(element: HTMLElement | null): boolean {
  const selection = getSelection();
  if (!element || !selection) return false;
  selection.selectAllChildren(element);
  return document.execCommand("copy");
}
