import { language } from "../state/preferences";
import { en, type Key } from "./en";
import { zh } from "./zh";

export type { Key } from "./en";

/** A text in the language of the console, its {0}, {1} filled in. */
export function text(key: Key, ...values: (string | number)[]): string {
  const template = (language.value === "zh" ? zh : en)[key];
  return template.replace(/\{(\d)\}/g, (whole, index) => String(values[Number(index)] ?? whole));
}
