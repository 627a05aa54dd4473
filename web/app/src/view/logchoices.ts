import { signal } from "@preact/signals";

import type { LogLevel } from "../api/types";

// What the reader of logs has chosen; it lasts as long as the page.

/** From which level on lines are shown; null is all. */
export const shownLevel = signal<LogLevel | null>(null);

/** Whether each line has its time; a narrow screen needs the room. */
export const showsTimes = signal(matchMedia("(min-width: 48rem)").matches);

/** Whether new lines are read out. */
export const announces = signal(false);
