import { language } from "../state/preferences";

const units = {
  en: ["d", "h", "min", "s", "ms"],
  zh: ["天", "小时", "分", "秒", "毫秒"],
} as const;

const sizes = [86_400_000, 3_600_000, 60_000, 1_000];

/** A duration in milliseconds as its one or two largest units: "2 h 5 min". Under a second: "340 ms". */
export function duration(milliseconds: number): string {
  const names = units[language.value];
  const whole = Math.max(0, Math.round(milliseconds));
  if (whole < 1_000) return `${whole} ${names[4]}`;
  let rest = Math.round(whole / 1_000) * 1_000;
  const parts: string[] = [];
  for (const [i, size] of sizes.entries()) {
    const n = Math.floor(rest / size);
    if (n > 0) parts.push(`${n} ${names[i]}`);
    else if (parts.length > 0) break;
    rest -= n * size;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

const instants = new Map<string, Intl.DateTimeFormat>();

/** An instant, RFC 3339, as the reader's clock and language have it, to the second. */
export function instant(rfc3339: string): string {
  const tag = language.value === "zh" ? "zh-CN" : "en-GB";
  let format = instants.get(tag);
  if (!format) instants.set(tag, (format = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "medium" })));
  return format.format(new Date(rfc3339));
}

/** An instant to come, in milliseconds since 1970, as a time of the day, "14:05", or with its date when that is far off. */
export function endOf(at: number): string {
  if (at - Date.now() > 43_200_000) return instant(new Date(at).toISOString());
  return new Date(at).toLocaleTimeString(language.value === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
}

const prefixes = ["B", "kB", "MB", "GB", "TB"];

/** A number of bytes, in decimal units: "12.5 MB". */
export function bytes(n: number): string {
  let i = 0;
  while (n >= 1_000 && i < prefixes.length - 1) {
    n /= 1_000;
    i++;
  }
  return `${i === 0 ? n : n.toFixed(n < 10 ? 2 : n < 100 ? 1 : 0)} ${prefixes[i]}`;
}
