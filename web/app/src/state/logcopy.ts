import { stripped } from "../layout/ansi";
import type { Log } from "./log";
import { read } from "./logread";

/** How many lines are copied at most. */
export const copyMost = 10_000;

/** The lines from a number to another as text, without what colours them. Throws a RequestError. */
export async function linesAsText(log: Log, from: number, to: number): Promise<string> {
  const texts: string[] = [];
  const end = Math.min(to, from + copyMost - 1);
  for (let after = from - 1; after < end; ) {
    const batch = await read("logTexts", log.source, after, end - after);
    for (const line of batch.lines) if (line.number <= end) texts.push(stripped(line.text));
    if (batch.cursor <= after || batch.gap) break;
    after = batch.cursor;
  }
  return texts.join("\n");
}

/** What is selected in some lines, without what stands beside them; "" when nothing of them is. */
export function selectedText(lines: Iterable<Element>, selection: Selection): string {
  const parts: string[] = [];
  const chosen = selection.getRangeAt(0);
  for (const line of lines) {
    if (!chosen.intersectsNode(line)) continue;
    const part = document.createRange();
    part.selectNodeContents(line);
    if (line.contains(chosen.startContainer)) part.setStart(chosen.startContainer, chosen.startOffset);
    if (line.contains(chosen.endContainer)) part.setEnd(chosen.endContainer, chosen.endOffset);
    parts.push(part.toString());
  }
  return parts.join("\n");
}
