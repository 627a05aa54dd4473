import { type Bucket, spark } from "../layout/spark";
import { instant } from "../text/duration";
import { text } from "../text/text";

interface SparklineProps {
  /** In order of time, of the same length; at most a few hundred. */
  buckets: readonly Bucket[];
  /** What is counted, for who cannot see where it stands. */
  label: string;
}

const height = 100;
const unit = 10;

/** Counts over time as small bars: what succeeded, and above it what did not. Fills its place. */
export function Sparkline({ buckets, label }: SparklineProps) {
  const first = buckets[0];
  const last = buckets[buckets.length - 1];
  if (!first || !last) return null;
  const { bars, succeeded, failed, exact } = spark(buckets);
  const count = (n: number) => (exact ? String(n) : text("spark.least", n));
  const name = text("spark.name", label, count(succeeded), count(failed), instant(first.from), instant(last.to));
  const width = bars.length * unit;
  return (
    <svg class="spark" role="img" aria-label={name} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none">
      <title>{name}</title>
      {bars.map((bar, i) => (
        <g key={i}>
          {bar.succeeded > 0 && <Part kind="succeeded" i={i} top={1 - bar.succeeded} part={bar.succeeded} />}
          {bar.failed > 0 && <Part kind="failed" i={i} top={1 - bar.succeeded - bar.failed} part={bar.failed} />}
        </g>
      ))}
    </svg>
  );
}

function Part({ kind, i, top, part }: { kind: string; i: number; top: number; part: number }) {
  return <rect class={`spark-${kind}`} x={i * unit + 1} width={unit - 2} y={top * height} height={part * height} />;
}
