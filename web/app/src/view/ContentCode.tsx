import * as operations from "../api/operations.task";
import type { ContentCode as Code } from "../api/types";
import { ask } from "../state/session";
import { text } from "../text/text";
import { CopyBlock } from "./CopyText";
import { Loaded } from "./Loaded";

/** What a content runs, as the server shows it: variables filled in, secrets masked. */
export function ContentCode({ id, message }: { id: string; message: string }) {
  const load = async (signal: AbortSignal): Promise<Code> => {
    const { node } = await ask<{ node: Code | null }>(operations.contentCode, { id }, signal);
    if (!node) throw new Error(text("task.content.gone"));
    return node;
  };
  return (
    <Loaded of={id} load={load}>
      {({ code, params }) => (
        <>
          {code === null ? <p class="muted">{text("task.content.noCode")}</p> : <CopyBlock value={code} what={text("task.content.codeOf", message)} />}
          {params && Object.keys(params).length > 0 && (
            <>
              <h3>{text("task.content.params")}</h3>
              <CopyBlock value={JSON.stringify(params, null, 2)} what={text("task.content.params")} />
            </>
          )}
        </>
      )}
    </Loaded>
  );
}
