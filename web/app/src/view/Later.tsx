import { signal } from "@preact/signals";
import { type ComponentType, type FunctionComponent, h } from "preact";
import { useEffect } from "preact/hooks";

import { text } from "../text/text";

export interface LaterComponent<P> extends FunctionComponent<P> {
  /** Begins to load its script, if that was not begun. */
  begin: () => void;
}

/** A part of the console whose script is loaded when somebody first goes there: it is not part of what starts the console. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): LaterComponent<P> {
  const part = signal<ComponentType<P> | null>(null);
  const failed = signal(false);
  let begun = false;
  const begin = () => {
    if (!begun) load().then((loaded) => (part.value = loaded), () => (failed.value = true));
    begun = true;
  };
  const Later = (props: P) => {
    useEffect(begin, []);
    if (part.value) return h(part.value, props);
    if (!failed.value) return <p class="empty" role="status">{text("app.loading")}</p>;
    // A browser remembers that a script could not be loaded, until the page is loaded again.
    return (
      <p class="empty" role="alert">
        {text("later.failed")} <button onClick={() => location.reload()}>{text("app.again")}</button>
      </p>
    );
  };
  return Object.assign(Later, { begin });
}
