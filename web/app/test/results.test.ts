import { afterEach, expect, test, vi } from "vitest";

import { mostRows, readTable, readText, showsAs } from "../src/state/results";

afterEach(() => vi.unstubAllGlobals());

/** Serves what `parts` gives, as it is asked for; tells how much that was and whether the reader left. */
function serve(parts: Iterable<string | Uint8Array<ArrayBuffer>>, status = 200) {
  const served = { parts: 0, left: false };
  const all = parts[Symbol.iterator]();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = all.next();
      if (done) return controller.close();
      served.parts++;
      controller.enqueue(typeof value === "string" ? new TextEncoder().encode(value) : value);
    },
    cancel() {
      served.left = true;
    },
  }, { highWaterMark: 0 });
  vi.stubGlobal("fetch", async () => new Response(body, { status, statusText: "Not Found" }));
  return served;
}

function* rows(n: number): Generator<string> {
  yield "id,name\r\n";
  for (let i = 1; i <= n; i++) yield `${i},name ${i}\r\n`;
}

const read = (most: number) => readTable("/results/1-r1", most, new AbortController().signal);

test("a table that is read to its end is whole", async () => {
  const served = serve(rows(3));
  expect(await read(100)).toEqual({ columns: ["id", "name"], rows: [["1", "name 1"], ["2", "name 2"], ["3", "name 3"]], whole: true });
  expect(served.left).toBe(false);
});

test("as many rows as there are to be are still whole", async () => {
  serve(rows(3));
  const table = await read(3);
  expect([table.rows.length, table.whole]).toEqual([3, true]);
});

test("no more is taken from the server than is to be shown", async () => {
  const served = serve(rows(1_000_000));
  const table = await read(10);
  expect([table.rows.length, table.whole]).toEqual([10, false]);
  expect(served.left).toBe(true);
  expect(served.parts).toBeLessThan(100);
});

test("there is a most of rows, whatever is asked for", async () => {
  serve(rows(mostRows + 100));
  expect((await read(1_000_000)).rows).toHaveLength(mostRows);
});

test("a row without end is given up", async () => {
  const served = serve((function* () {
    yield 'a\r\n1\r\n"';
    for (;;) yield "x".repeat(100_000);
  })());
  expect(await read(10)).toEqual({ columns: ["a"], rows: [["1"]], whole: false });
  expect(served.left).toBe(true);
});

test("a letter that is cut between two parts is one letter", async () => {
  const [first, second] = [new Uint8Array([0xe5, 0x9c]), new Uint8Array([0xb0, 0x0d, 0x0a])];
  serve(["name\r\n", first, second]);
  expect((await read(10)).rows).toEqual([["地"]]);
});

test("a refusal is told", async () => {
  serve([], 404);
  await expect(read(10)).rejects.toThrow("404 Not Found");
});

test("the beginning of a text", async () => {
  serve(["short"]);
  expect(await readText("/results/1-r1", new AbortController().signal)).toEqual({ text: "short", whole: true });
  const served = serve((function* () {
    for (;;) yield "x".repeat(30_000);
  })());
  const long = await readText("/results/1-r1", new AbortController().signal);
  expect([long.text.length, long.whole, served.left]).toEqual([100_000, false, true]);
});

test.each([
  ["text/csv; charset=utf-8", 3, 10, "table"],
  ["text/csv", null, 10, "text"],
  ["TEXT/Plain; charset=utf-8", null, 10, "text"],
  ["image/png", null, 10, "image"],
  ["image/png", null, 20_000_000, null],
  ["image/svg+xml", null, 10, null],
  ["text/html; charset=utf-8", null, 10, null],
  ["application/xhtml+xml", null, 10, null],
  ["text/xml", null, 10, null],
  ["application/pdf", null, 10, null],
  ["application/octet-stream", null, 10, null],
])("%s with %s rows and %d bytes shows as %s", (contentType, n, bytes, how) => {
  expect(showsAs({ contentType, rows: n, bytes })).toBe(how);
});
