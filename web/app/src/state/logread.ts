import { RequestError } from "../api/graphql";
import * as operations from "../api/operations.log";
import type { LogBatch, LogLevel, LogLine } from "../api/types";
import { ask } from "./session";

/** What is read of a log: the lines of a task from a level on; null is all. */
export interface LogSource {
  task: string;
  level: LogLevel | null;
}

/** What a line is read as. */
interface Kinds {
  logPage: LogLine;
  logNumbers: Pick<LogLine, "number">;
  logTexts: Pick<LogLine, "number" | "text">;
  /** The numbers of lines that have a text. */
  logMatches: Pick<LogLine, "number">;
}

/** Lines after a number; of `logMatches` those with a text, up to where the server has looked. Throws a RequestError. */
export async function read<K extends keyof Kinds>(
  kind: K, source: LogSource, after: number, first: number, signal?: AbortSignal, contains?: string,
): Promise<LogBatch<Kinds[K]>> {
  const variables = { id: source.task, after, first, minLevel: source.level, ...(contains === undefined ? {} : { contains }) };
  const data = await ask<{ task: { log: LogBatch<Kinds[K]> } | null }>(operations[kind], variables, signal);
  if (!data.task) throw new RequestError("The task does not exist, or you may not see it", "NOT_FOUND");
  return data.task.log;
}

/** The number of the last line: that is what a number which no log reaches is answered with. */
export async function lastNumber(source: LogSource, signal?: AbortSignal): Promise<number> {
  return (await read("logNumbers", source, Number.MAX_SAFE_INTEGER, 0, signal)).cursor;
}

/** Lines up to a number, none where the server has none any more: `null` holds their places. */
export function placed(lines: readonly LogLine[], after: number, upTo: number): (LogLine | null)[] {
  const rows: (LogLine | null)[] = new Array(Math.max(0, upTo - after)).fill(null);
  for (const line of lines) {
    if (line.number > after && line.number <= upTo) rows[line.number - after - 1] = line;
  }
  return rows;
}
