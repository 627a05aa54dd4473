/** A field of a record: null is NULL, which the server writes as nothing; "" is written quoted. */
export type Field = string | null;

/**
 * Reads CSV (RFC 4180) that comes in parts, and gives each record as soon as it is whole.
 * What is left at the end without a line break is no record: the part was cut there.
 */
export class CsvReader {
  private text = "";

  /** Takes the next part and gives the records that it completes, at most `most`. */
  push(part: string, most: number): Field[][] {
    this.text += part;
    const records: Field[][] = [];
    let from = 0;
    while (records.length < most) {
      const found = record(this.text, from);
      if (!found) break;
      records.push(found.fields);
      from = found.end;
    }
    this.text = this.text.slice(from);
    return records;
  }

  /** How many characters wait for the rest of their record. */
  get pending(): number {
    return this.text.length;
  }
}

/** The record that begins at `at`, and where the next one begins; null while it is not whole. */
function record(text: string, at: number): { fields: Field[]; end: number } | null {
  const fields: Field[] = [];
  for (;;) {
    const quoted = text[at] === '"';
    const end = quoted ? endOfQuoted(text, at) : endOfPlain(text, at);
    if (end < 0) return null;
    fields.push(quoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end) || null);
    if (text[end] === ",") {
      at = end + 1;
      continue;
    }
    const lineEnd = text.indexOf("\n", end);
    return lineEnd < 0 ? null : { fields, end: lineEnd + 1 };
  }
}

/** Where the quoted field that begins at `at` ends, its quote included; -1 while that is not there. */
function endOfQuoted(text: string, at: number): number {
  for (let i = at + 1; ; i += 2) {
    i = text.indexOf('"', i);
    // What follows a quote says whether it ends the field.
    if (i < 0 || i + 1 >= text.length) return -1;
    if (text[i + 1] !== '"') return i + 1;
  }
}

function endOfPlain(text: string, at: number): number {
  for (let i = at; i < text.length; i++) {
    const c = text[i];
    if (c === "," || c === "\r" || c === "\n") return i;
  }
  return -1;
}
