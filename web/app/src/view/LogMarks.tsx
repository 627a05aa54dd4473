import { type ReadonlySignal, useSignal } from "@preact/signals";

import { notify } from "../state/announce";
import { type Log, messageOf } from "../state/log";
import { copyMost, linesAsText } from "../state/logcopy";
import { navigate } from "../state/route";
import { text } from "../text/text";

interface LogMarksProps {
  log: Log;
  marks: ReadonlySignal<readonly [from: number, to: number] | null>;
  onWhole: (number: number) => void;
}

/** What can be done with the lines that the address names. */
export function LogMarks({ log, marks, onWhole }: LogMarksProps) {
  const busy = useSignal(false);
  if (!marks.value) return null;
  const [from, to] = marks.value;
  const copy = async () => {
    busy.value = true;
    try {
      await navigator.clipboard.writeText(await linesAsText(log, from, to));
      const count = to - from + 1;
      if (count > copyMost) notify(text("log.copied.part", copyMost), "problem");
      else notify(text("log.copied"));
    } catch (failure) {
      notify(text("log.notCopied", messageOf(failure)), "problem");
    }
    busy.value = false;
  };
  return (
    <div class="log-state is-marks">
      <strong>{from === to ? text("log.line", from) : text("log.lines", from, to)}</strong>
      <button disabled={busy.value} onClick={copy}>{text("log.copy")}</button>
      {from === to && <button onClick={() => onWhole(from)}>{text("log.wholeLine")}</button>}
      <button class="quiet" aria-label={text("log.unmark")} onClick={() => navigate(location.pathname + location.search, { replace: true })}>✕</button>
    </div>
  );
}
