import { useSignal } from "@preact/signals";

import { readable } from "../layout/signs";
import { percent } from "../layout/task";
import type { ContentPart } from "../state/parts";
import { text } from "../text/text";
import { ContentCode } from "./ContentCode";
import { Elapsed } from "./Elapsed";
import { ErrorText } from "./ErrorText";
import { ProgressBar } from "./ProgressBar";
import { StatusBadge } from "./StatusBadge";

/** One content: what it does, how far it is, and what it runs. */
export function ContentRow({ part }: { part: ContentPart }) {
  const showsCode = useSignal(false);
  const state = part.state.value;
  return (
    <li class="content" id={part.id} tabIndex={-1}>
      <div class="content-head">
        <span class="foreign">{readable(state.message)}</span>
        <StatusBadge status={state.status} />
      </div>
      <div class="content-facts">
        <ContentProgress part={part} />
        <span class="muted content-what">
          <code>{state.runType}</code>
          {state.exitCode !== null && <> · {text("task.content.exit", state.exitCode)}</>}
        </span>
        <span class="row-time"><Elapsed from={state.startTime} to={state.finishTime} /></span>
        <button
          class="small quiet"
          aria-expanded={showsCode.value}
          aria-label={text("task.content.codeOf", state.message)}
          onClick={() => (showsCode.value = !showsCode.value)}
        >
          {text("task.content.code")}
        </button>
      </div>
      {state.error && <p class="content-error is-problem"><ErrorText error={state.error} /></p>}
      {showsCode.value && <ContentCode id={part.id} message={state.message} />}
    </li>
  );
}

function ContentProgress({ part }: { part: ContentPart }) {
  const value = part.progress.value;
  const { status, message } = part.state.value;
  return (
    <>
      <ProgressBar value={value} status={status} label={message} />
      {value === null
        ? <span class="row-percent muted">{status === "RUNNING" && <Unknown />}</span>
        : <span class="number row-percent">{percent(value)}</span>}
    </>
  );
}

function Unknown() {
  return <span title={text("task.content.unknown")}><span aria-hidden="true">?</span><span class="visually-hidden">{text("task.content.unknown")}</span></span>;
}
