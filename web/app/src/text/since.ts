import { duration } from "./duration";

const sizes = [86_400_000, 3_600_000, 60_000];

/** A time from an origin to the millisecond, and from an hour on to the second: "1 min 2.5 s", "−10 s" before it, "0" at it. */
export function since(milliseconds: number): string {
  const far = Math.abs(milliseconds) >= sizes[1]!;
  let rest = far ? Math.round(Math.abs(milliseconds) / 1_000) * 1_000 : Math.round(Math.abs(milliseconds));
  if (rest === 0) return "0";
  const parts: string[] = [];
  for (const size of sizes) {
    const whole = rest - (rest % size);
    if (whole > 0) parts.push(duration(whole));
    rest %= size;
  }
  if (rest >= 1_000) parts.push(duration(1_000).replace("1", String(rest / 1_000)));
  else if (rest > 0) parts.push(duration(rest));
  return (milliseconds < 0 ? "−" : "") + parts.join(" ");
}
