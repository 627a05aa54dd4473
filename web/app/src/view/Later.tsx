import { signal } from "@preact/signals";
import { type ComponentType, type FunctionComponent, h } from "preact";
import { useEffect } from "preact/hooks";

import { text } from "../text/text";

/** A page whose script is loaded when somebody first goes there: it is not part of what starts the console. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): FunctionComponent<P> {
  const page = signal<ComponentType<P> | null>(null);
  const failed = signal(false);
  return function Later(props: P) {
    useEffect(() => {
      if (!page.peek()) load().then((loaded) => (page.value = loaded), () => (failed.value = true));
    }, []);
    if (page.value) return h(page.value, props);
    if (!failed.value) return <p class="empty" role="status">{text("app.loading")}</p>;
    // A browser remembers that a script could not be loaded, until the page is loaded again.
    return (
      <p class="empty" role="alert">
        {text("later.failed")} <button onClick={() => location.reload()}>{text("app.again")}</button>
      </p>
    );
  };
}
