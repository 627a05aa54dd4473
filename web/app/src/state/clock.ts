import { signal } from "@preact/signals";

import { watched } from "../api/live";

/** Now, in milliseconds since 1970: ticks once a second while somebody looks. */
export const now = signal(Date.now());

setInterval(() => {
  if (watched.peek()) now.value = Date.now();
}, 1_000);

watched.subscribe((seen) => {
  if (seen) now.value = Date.now();
});
