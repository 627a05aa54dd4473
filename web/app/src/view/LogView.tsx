import { effect, type ReadonlySignal, signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import type { LogLine } from "../api/types";
import { hashOf, linesOf } from "../layout/window";
import { announce } from "../state/announce";
import { Log } from "../state/log";
import { selectedText } from "../state/logcopy";
import { LogSearch } from "../state/logsearch";
import { hash, navigate } from "../state/route";
import { text } from "../text/text";
import { FollowButton } from "./LogFollow";
import { LogMarks } from "./LogMarks";
import { LogRows } from "./LogRows";
import { LogState } from "./LogState";
import { LogTools } from "./LogTools";
import { announces, shownLevel, showsTimes } from "./logchoices";
import { WholeLine } from "./WholeLine";

interface LogViewProps {
  taskId: string;
  /** Whether the task has ended: nothing more is written until it is tried again. */
  final: boolean | ReadonlySignal<boolean>;
}

/** The log of a task, in the place it is given. */
export function LogView({ taskId, final }: LogViewProps) {
  const level = shownLevel.value;
  // A log from another level on is another log: other rows, another place.
  const log = useMemo(() => new Log({ task: taskId, level }), [taskId, level]);
  const search = useMemo(() => new LogSearch(log), [log]);
  const marks = useComputed(() => linesOf(hash.value));
  const whole = useSignal<LogLine | null>(null);
  const rows = useSignal<LogRows | null>(null);
  const element = useRef<HTMLDivElement>(null);
  const over = useSignal(false);
  over.value = typeof final === "boolean" ? final : final.value;

  const go = async (number: number, signal?: AbortSignal) => {
    const row = await log.find(number, signal ?? new AbortController().signal);
    if (signal?.aborted) return row;
    rows.peek()?.reveal(row);
    // On a small screen the log itself may be below what is seen.
    element.current?.scrollIntoView({ block: "nearest" });
    return row;
  };
  useEffect(() => {
    const shown = new LogRows(element.current!, log, {
      marks: () => marks.value, find: () => search.find.value, current: () => search.current.value,
    });
    rows.value = shown;
    log.open(over);
    // Once: what is asked anew later must not lead anyone away from where they read.
    const known = signal(false);
    const stops = [
      log.onArrival(tell()),
      effect(() => {
        if (log.standing.value !== "loading" && log.rows.value > 0) known.value = true;
      }),
      // To the lines that the address names, and to the match that is current.
      effect(() => leads(known.value && (marks.value?.[0] ?? null), go, log)),
      effect(() => leads(search.current.value, go, log)),
    ];
    return () => {
      for (const stop of stops) stop();
      shown.close();
      search.close();
      log.close();
    };
  }, [log]);

  const openWhole = async (number: number) => {
    const line = log.row(await go(number));
    if (line) whole.value = line;
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    const button = target.closest<HTMLElement>("[data-whole]");
    if (button) void openWhole(Number(button.dataset["whole"]));
    const link = target.closest<HTMLAnchorElement>(".log-number");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const number = linesOf(link.hash)?.[0];
    if (number) navigate(hashOf(event.shiftKey ? (marks.peek()?.[0] ?? number) : number, number), { replace: true });
  };
  const onCopy = (event: ClipboardEvent) => {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || !event.clipboardData) return;
    event.clipboardData.setData("text/plain", selectedText(element.current!.querySelectorAll(".log-text"), selection));
    event.preventDefault();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "F3") search.step(event.shiftKey ? -1 : 1);
    // The browser would go where the end was when the key was pressed.
    else if (event.key === "End" && event.target === element.current) rows.peek()?.follow();
    // Its way there may end in steps that are gone pixel by pixel, before the first line.
    else if (event.key === "Home" && event.target === element.current) rows.peek()?.begin();
    else if (event.key === "Enter" && event.target === element.current && marks.peek()) void openWhole(marks.peek()![0]);
    else return;
    event.preventDefault();
  };
  return (
    <div class={`log${showsTimes.value ? " has-times" : ""}`} onKeyDown={onKeyDown}>
      <LogTools taskId={taskId} search={search} top={() => rows.peek()?.top ?? 1} />
      <LogState log={log} over={over} />
      <LogMarks log={log} marks={marks} onWhole={(number) => void openWhole(number)} />
      <div class="log-place">
        <div
          class="log-lines" ref={element} role="log" aria-live="off" aria-label={text("log.region")} tabIndex={0}
          onClick={onClick} onCopy={onCopy} onMouseDown={(event) => event.shiftKey && (event.target as Element).closest(".log-number") && event.preventDefault()}
        />
        {rows.value?.shows(log) && <FollowButton log={log} rows={rows.value} focus={() => element.current?.focus()} />}
      </div>
      {whole.value && <WholeLine line={whole.value} onClose={() => (whole.value = null)} />}
    </div>
  );
}

/** Goes to a line; gives what leaves the way, should another be gone first. */
function leads(number: number | false | null, go: (number: number, signal: AbortSignal) => Promise<number>, log: Log): (() => void) | undefined {
  if (!number) return undefined;
  const way = new AbortController();
  go(number, way.signal).catch((failure: Error) => {
    if (!way.signal.aborted) log.failure.value = failure.message;
  });
  return () => way.abort();
}

/** How often lines are read out at most, in milliseconds, and how many of them. */
const breath = 3_000;
const readOut = 3;

/** Reads new lines out, when that was asked for: the last few of those that came together. */
function tell(): (lines: readonly LogLine[]) => void {
  let count = 0;
  let last: readonly LogLine[] = [];
  let due: ReturnType<typeof setTimeout> | undefined;
  return (lines) => {
    if (!announces.peek() || lines.length === 0) return;
    count += lines.length;
    last = [...last, ...lines].slice(-readOut);
    due ??= setTimeout(() => {
      announce(`${text("log.new", count)} ${last.map((line) => line.text.slice(0, 200)).join("\n")}`);
      [count, last, due] = [0, [], undefined];
    }, breath);
  };
}
