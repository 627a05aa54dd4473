import { signal } from "@preact/signals";

export interface Notice {
  id: number;
  text: string;
  kind: "info" | "problem";
}

/** What a screen reader is told, politely. */
export const announcement = signal("");
/** What is shown for a while. */
export const notices = signal<readonly Notice[]>([]);

/** How long a notice is shown, in milliseconds; a problem stays until it is closed. */
const shown = 6_000;
let last = 0;

/** Tells a screen reader, and shows nothing. */
export function announce(text: string): void {
  announcement.value = text;
}

export function notify(text: string, kind: Notice["kind"] = "info"): void {
  const id = ++last;
  notices.value = [...notices.value.slice(-4), { id, text, kind }];
  announce(text);
  if (kind === "info") setTimeout(() => dismiss(id), shown);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
