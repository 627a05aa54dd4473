import { type Signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";

import { nearest, type Plot, plot, plotHeight, plotWidth, type Quantity, type Sample, type Series } from "../layout/plot";
import { ticks, timeScale } from "../layout/timescale";
import { bytes } from "../text/duration";
import { since } from "../text/since";
import { text } from "../text/text";

interface ResourcePlotProps {
  /** What was measured of one attempt; the schema's ResourceSample has it. Empty where nothing was. */
  samples: readonly Sample[];
  /** What the axis shows, in milliseconds since 1970: the attempt's start, from where time counts, and its end or now. */
  from: number;
  to: number;
  /** An instant to mark, in milliseconds since 1970: where somebody looks at the past. */
  mark?: number | null;
}

/** CPU, memory, processes and output of an attempt, each on its own scale, on one axis of time. */
export function ResourcePlot({ samples, from, to, mark }: ResourcePlotProps) {
  const laid = useMemo(() => plot(samples, { from, to }), [samples, from, to]);
  const pointed = useSignal(-1);
  if (samples.length === 0) return <p class="plot-none">{text("plot.none")}</p>;
  const point = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    pointed.value = nearest(laid.left, (event.clientX - box.left) / box.width);
  };
  const marked = mark == null ? -1 : nearest(laid.left, (mark - from) / Math.max(1, to - from));
  return (
    <section class="plot" aria-label={text("plot.title")}>
      <div class="plot-area" onPointerMove={point} onPointerDown={point} onPointerLeave={() => (pointed.value = -1)}>
        {laid.series.map((series) => <Multiple key={series.quantity} series={series} laid={laid} from={from} pointed={pointed} marked={marked} />)}
        <TimeAxis from={from} to={to} />
      </div>
      <Table laid={laid} from={from} />
    </section>
  );
}

/** A value of a quantity with its unit. */
function figure(quantity: Quantity, value: number): string {
  if (quantity === "cpu") return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} %`;
  return quantity === "processes" ? String(value) : bytes(Math.round(value));
}

interface MultipleProps {
  series: Series;
  laid: Plot;
  from: number;
  pointed: Signal<number>;
  /** The index of the sample at the mark; -1 without one. */
  marked: number;
}

function Multiple({ series, laid, from, pointed, marked }: MultipleProps) {
  const { quantity, values, most, top } = series;
  const name = text(`plot.${quantity}`);
  const chosen = pointed.value >= 0 ? pointed.value : marked;
  const at = chosen >= 0 ? chosen : values.length - 1;
  const last = figure(quantity, values[values.length - 1] ?? 0);
  return (
    <div class={`plot-multiple is-${quantity}`}>
      <div class="plot-head" aria-hidden="true">
        <span>{name}</span>
        <strong>{figure(quantity, values[at] ?? 0)}</strong>
        {chosen >= 0 && <span class="plot-when">{since(laid.at[at]! - from)}</span>}
        <span class="plot-most">{text("plot.most", figure(quantity, most))}</span>
      </div>
      <div class="plot-frame">
        <svg role="img" aria-label={text("plot.figures", name, last, figure(quantity, most))} viewBox={`0 0 ${plotWidth} ${plotHeight}`} preserveAspectRatio="none">
          <path class="plot-fill" d={series.area} />
          <path class="plot-line" d={series.line} vector-effect="non-scaling-stroke" />
        </svg>
        <span class="plot-top" aria-hidden="true">{figure(quantity, top)}</span>
        {chosen >= 0 && <div class="plot-mark" style={{ left: `${laid.left[at]! * 100}%` }} />}
      </div>
    </div>
  );
}

function TimeAxis({ from, to }: { from: number; to: number }) {
  const element = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  // Ended at once when the axis goes: then it has no width that could be asked for.
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => (width.value = element.current!.clientWidth));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  const marks = width.value > 0 ? ticks(timeScale({ from, to }, [], width.value), from, width.value) : [];
  return (
    <div ref={element} class="plot-axis" aria-hidden="true">
      {marks.map((tick) => <span key={tick.since} style={{ left: `${tick.left * 100}%` }}>{since(tick.since)}</span>)}
    </div>
  );
}

/** The same figures for who cannot see them, made when they are asked for. */
function Table({ laid, from }: { laid: Plot; from: number }) {
  const open = useSignal(false);
  return (
    <details onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{text("plot.table")}</summary>
      {open.value && (
        <div class="plot-table" tabIndex={0} role="region" aria-label={text("plot.table")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text("plot.at")}</th>
                {laid.series.map(({ quantity }) => <th key={quantity} scope="col">{text(`plot.${quantity}`)}</th>)}
              </tr>
            </thead>
            <tbody>
              {laid.at.map((at, i) => (
                <tr key={i}>
                  <th scope="row">{since(at - from)}</th>
                  {laid.series.map(({ quantity, values }) => <td key={quantity}>{figure(quantity, values[i]!)}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
