import type { Status } from "../api/types";

/** What ended in a stretch of time; instants are RFC 3339. */
export interface Bucket {
  from: string;
  to: string;
  succeeded: number;
  /** Ended in any other way. */
  failed: number;
  /** Whether these were all, or at least so many. */
  exact: boolean;
}

/** A bar; heights are fractions of that of the place, succeeded below, failed above it. */
export interface SparkBar {
  left: number;
  width: number;
  succeeded: number;
  failed: number;
}

export interface Spark {
  bars: readonly SparkBar[];
  succeeded: number;
  failed: number;
  exact: boolean;
}

/** How high what is not nothing is at least. */
const least = 0.08;

/** Lays out buckets as bars beside each other, stacked; the highest fills the height. */
export function spark(buckets: readonly Bucket[]): Spark {
  const most = Math.max(1, ...buckets.map((bucket) => bucket.succeeded + bucket.failed));
  const width = 1 / Math.max(1, buckets.length);
  const bars = buckets.map((bucket, i) => ({ left: i * width, width, ...heights(bucket, most) }));
  const total = (of: (bucket: Bucket) => number) => buckets.reduce((sum, bucket) => sum + of(bucket), 0);
  return {
    bars,
    succeeded: total((bucket) => bucket.succeeded),
    failed: total((bucket) => bucket.failed),
    exact: buckets.every((bucket) => bucket.exact),
  };
}

/** Few among many stay in sight, and both together stay within the height. */
function heights({ succeeded, failed }: Bucket, most: number) {
  const high = (count: number) => (count === 0 ? 0 : Math.max(least, count / most));
  const below = high(succeeded);
  const above = high(failed);
  const over = Math.max(0, below + above - 1);
  return below >= above ? { succeeded: below - over, failed: above } : { succeeded: below, failed: above - over };
}

/** A bucket of the schema's `throughput`. */
export interface Throughput {
  from: string;
  to: string;
  ended: readonly { status: Status; count: number; exact: boolean }[];
}

export function bucketOf({ from, to, ended }: Throughput): Bucket {
  const count = (counts: boolean) =>
    ended.reduce((sum, one) => sum + ((one.status === "SUCCEEDED") === counts ? one.count : 0), 0);
  return { from, to, succeeded: count(true), failed: count(false), exact: ended.every((one) => one.exact) };
}
