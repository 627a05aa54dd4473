import { CsvReader, type Field } from "../layout/csv";

/** The most rows of a table that are read to be looked at; more are for a download. */
export const mostRows = 5_000;
/** The most characters of a table, or of a text, that are read; also of one row. */
const mostTableText = 4_000_000;
const mostText = 100_000;

export interface Table {
  columns: string[];
  rows: Field[][];
  /** Whether these are all rows there are. */
  whole: boolean;
}

/** Reads the first rows of a table; the server sends no more than is read. Throws an Error that says why. */
export async function readTable(url: string, rows: number, signal: AbortSignal): Promise<Table> {
  const csv = new CsvReader();
  const records: Field[][] = [];
  const wanted = Math.min(rows, mostRows) + 1;
  let size = 0;
  const whole = await read(url, signal, (part) => {
    size += part.length;
    records.push(...csv.push(part, wanted + 1 - records.length));
    return records.length <= wanted && size <= mostTableText;
  });
  const [header = [], ...body] = records.slice(0, wanted);
  return { columns: header.map((name) => name ?? ""), rows: body, whole: whole && csv.pending === 0 && records.length <= wanted };
}

/** Reads the beginning of a text. */
export async function readText(url: string, signal: AbortSignal): Promise<{ text: string; whole: boolean }> {
  let text = "";
  const whole = await read(url, signal, (part) => {
    text += part;
    return text.length <= mostText;
  });
  return { text: text.slice(0, mostText), whole: whole && text.length <= mostText };
}

/** Gives the parts of an answer to `take` until that says false; says whether they were all. */
async function read(url: string, signal: AbortSignal, take: (part: string) => boolean): Promise<boolean> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${response.statusText}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      if (!take(value)) return false;
    }
  } finally {
    // Who has read enough sends for no more.
    await reader.cancel().catch(() => undefined);
  }
}

/** How a result can be shown in the page. Markup never is: it would run as this server's. */
export type Shows = "table" | "image" | "text" | null;

const images: readonly string[] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];
const texts: readonly string[] = ["text/plain", "text/csv", "text/markdown", "application/json", "application/x-ndjson"];
/** Larger images are for a download, in bytes. */
const mostImage = 10_000_000;

export function showsAs(result: { contentType: string; rows: number | null; bytes: number }): Shows {
  if (result.rows !== null) return "table";
  const type = (result.contentType.split(";")[0] ?? "").trim().toLowerCase();
  if (images.includes(type)) return result.bytes <= mostImage ? "image" : null;
  return texts.includes(type) ? "text" : null;
}
