/** What an attempt had used at an instant; `at` is RFC 3339. */
export interface Sample {
  at: string;
  /** Of one processor since the sample before: 100 is one processor all the time. */
  cpuPercent: number;
  rssBytes: number;
  processes: number;
  outputBytes: number;
}

/** What is plotted, in this order. */
export const quantities = ["cpu", "memory", "processes", "output"] as const;
export type Quantity = (typeof quantities)[number];

/** One plot; x and y of its paths go from 0 to `plotWidth` and, downwards, `plotHeight`. */
export interface Series {
  quantity: Quantity;
  /** The line, and the area below it: the `d` of a path. */
  line: string;
  area: string;
  /** The value of each sample, the largest of them, and the value at the top of the plot. */
  values: readonly number[];
  most: number;
  top: number;
}

export interface Plot {
  series: readonly Series[];
  /** When each sample was measured, in milliseconds since 1970, and where that is: a fraction of the width. */
  at: readonly number[];
  left: readonly number[];
}

export const plotWidth = 1_000;
export const plotHeight = 100;
/** How many samples are plotted at most; of more, those at equal distances in the list, and the last. */
const mostSamples = 480;

/**
 * How a value lies between samples: CPU is the mean since the sample before, memory and
 * processes stay as they are until the next one, output grows evenly from nothing.
 */
type Shape = "mean" | "held" | "even";

const kinds: Record<Quantity, { value: (sample: Sample) => number; shape: Shape }> = {
  cpu: { value: (sample) => sample.cpuPercent, shape: "mean" },
  memory: { value: (sample) => sample.rssBytes, shape: "held" },
  processes: { value: (sample) => sample.processes, shape: "held" },
  output: { value: (sample) => sample.outputBytes, shape: "even" },
};

/** Plots samples on one axis of time from `from` to `to`, in milliseconds since 1970. */
export function plot(samples: readonly Sample[], { from, to }: { from: number; to: number }): Plot {
  const shown = thinned(samples.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)));
  const at = shown.map((sample) => Date.parse(sample.at));
  const left = at.map((instant) => Math.min(1, Math.max(0, (instant - from) / Math.max(1, to - from))));
  return { series: quantities.map((quantity) => seriesOf(quantity, shown, left)), at, left };
}

function seriesOf(quantity: Quantity, samples: readonly Sample[], left: readonly number[]): Series {
  const { value, shape } = kinds[quantity];
  const values = samples.map((sample) => Math.max(0, value(sample) || 0));
  const most = Math.max(0, ...values);
  const top = niceTop(most);
  const line = path(shape, left.map((x) => round(x * plotWidth)), values.map((y) => round(plotHeight * (1 - y / top))));
  const start = shape === "held" ? round((left[0] ?? 0) * plotWidth) : 0;
  const end = shape === "held" ? plotWidth : round((left[left.length - 1] ?? 0) * plotWidth);
  const area = line && `${line}L${end} ${plotHeight}L${start} ${plotHeight}Z`;
  return { quantity, line, area, values, most, top };
}

function path(shape: Shape, xs: readonly number[], ys: readonly number[]): string {
  if (xs.length === 0) return "";
  let d = shape === "held" ? `M${xs[0]} ${ys[0]}` : `M0 ${shape === "mean" ? ys[0] : plotHeight}`;
  for (const [i, x] of xs.entries()) {
    if (shape === "even") d += `L${x} ${ys[i]}`;
    else if (shape === "mean") d += `V${ys[i]}H${x}`;
    else d += `H${x}V${ys[i]}`;
  }
  return shape === "held" ? `${d}H${plotWidth}` : d;
}

const round = (n: number) => Math.round(n * 10) / 10;

/** A little more than a value, and easy to read. */
export function niceTop(most: number): number {
  if (most <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8].find((n) => n * power >= most) ?? 10) * power;
}

function thinned(samples: readonly Sample[]): readonly Sample[] {
  if (samples.length <= mostSamples) return samples;
  const step = (samples.length - 1) / (mostSamples - 1);
  return Array.from({ length: mostSamples }, (_, i) => samples[Math.round(i * step)]!);
}

/** The index of the sample nearest to a fraction of the width; -1 when there is none. */
export function nearest(left: readonly number[], x: number): number {
  let best = -1;
  for (const [i, one] of left.entries()) {
    if (best < 0 || Math.abs(one - x) < Math.abs(left[best]! - x)) best = i;
  }
  return best;
}
