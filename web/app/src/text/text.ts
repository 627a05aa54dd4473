import { signal } from "@preact/signals";

import type { Key } from "./en";

export type { Key } from "./en";

export type Texts = Record<Key, string>;

/** The texts in use; nothing is shown before there are some. Who showed one shows the other when they change. */
export const texts = signal<Partial<Texts>>({});

/** A text in the language of the console, its {0}, {1} filled in. */
export function text(key: Key, ...values: (string | number)[]): string {
  // The server may be older or newer than the page and have no such text.
  const template = texts.value[key] ?? "";
  return template.replace(/\{(\d)\}/g, (whole, index) => String(values[Number(index)] ?? whole));
}
