import { type ReadonlySignal, useComputed } from "@preact/signals";

import { now } from "../state/clock";

/** A text that goes with the time; a tick repaints nothing else. `of` gets milliseconds since 1970. */
export function Clock({ of }: { of: (now: number) => string }) {
  const shown: ReadonlySignal<string> = useComputed(() => of(now.value));
  return <>{shown}</>;
}
