import { expect, test } from "vitest";

import { CsvReader, type Field } from "../src/layout/csv";

const tables: [name: string, csv: string, records: Field[][]][] = [
  ["plain fields", "a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]],
  ["NULL is nothing, an empty text is quoted", 'a,b,c\r\n,"",x\r\n', [["a", "b", "c"], [null, "", "x"]]],
  ["one column of NULL", "a\r\n\r\n1\r\n", [["a"], [null], ["1"]]],
  ["NULL at the end", "a,b\r\n1,\r\n", [["a", "b"], ["1", null]]],
  ["quotes, commas and line breaks within quotes", '"a,b","say ""hi""","two\r\nlines"\r\n', [["a,b", 'say "hi"', "two\r\nlines"]]],
  ["quotes only", '"""",""""""\r\n', [['"', '""']]],
  ["what is left without a line break is no record", "a\r\n1\r\n2", [["a"], ["1"]]],
  ["a quoted field that is not over", 'a\r\n"1\r\n2', [["a"]]],
  ["line breaks without carriage return", "a\n1\n", [["a"], ["1"]]],
];

test.each(tables)("%s", (_, csv, records) => {
  expect(new CsvReader().push(csv, 100)).toEqual(records);
});

test.each(tables)("%s, a character at a time", (_, csv, records) => {
  const reader = new CsvReader();
  expect([...csv].flatMap((c) => reader.push(c, 100))).toEqual(records);
});

test("no more records than are asked for, and the rest with the next part", () => {
  const reader = new CsvReader();
  expect(reader.push("1\r\n2\r\n3\r\n", 2)).toEqual([["1"], ["2"]]);
  expect(reader.pending).toBe(3);
  expect(reader.push("", 2)).toEqual([["3"]]);
  expect(reader.pending).toBe(0);
});
