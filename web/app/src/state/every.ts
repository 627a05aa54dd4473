import { effect, untracked } from "@preact/signals";

import { now } from "./clock";

/**
 * Runs something each `period` milliseconds, while somebody looks, until the returned
 * function is called. The first run is due after a period; the next waits for the one
 * before, which tells itself of its failures.
 */
export function every(period: number, run: () => Promise<void>): () => void {
  let last = Date.now();
  let busy = false;
  return effect(() => {
    if (now.value - last < period || busy) return;
    busy = true;
    const over = () => {
      busy = false;
      last = Date.now();
    };
    untracked(run).then(over, over);
  });
}
