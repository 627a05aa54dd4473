import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import { text } from "../text/text";

interface LoadedProps<T> {
  load: (signal: AbortSignal) => Promise<T>;
  /** What `load` depends on: another value loads anew. */
  of: string;
  children: (value: T) => ComponentChildren;
}

/** What is asked for when it is shown: says that it comes, and why it did not, with another try. */
export function Loaded<T>({ load, of, children }: LoadedProps<T>) {
  const state = useSignal<{ value?: T; failure?: string }>({});
  const tries = useSignal(0);
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => abort.signal.aborted || (state.value = { value }),
      (failure) => abort.signal.aborted || (state.value = { failure: failure instanceof Error ? failure.message : String(failure) }),
    );
    return () => abort.abort();
  }, [of, tries.value]);
  const { value, failure } = state.value;
  if (failure !== undefined) {
    return (
      <p role="alert" class="is-problem">
        {text("app.failed", failure)} <button class="small" onClick={() => {
          state.value = {};
          tries.value++;
        }}>{text("app.again")}</button>
      </p>
    );
  }
  return value === undefined ? <p class="muted">{text("app.loading")}</p> : <>{children(value)}</>;
}
