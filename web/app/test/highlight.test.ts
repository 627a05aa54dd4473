import { describe, expect, test } from "vitest";

import { cpuTime } from "./cpu";
import { colouredMost, highlight, type Language, languageOf } from "../src/layout/highlight";

const marked = (code: string, language: Language) =>
  highlight(code, language).filter(({ kind }) => kind).map(({ kind, text }) => `${kind}:${text}`);

describe("what a piece of code is", () => {
  test.each<[Language, string, string[]]>([
    ["shell", "echo a#b # c", ["comment:# c"]],
    ["shell", "if [ $i -lt 20 ]; then", ["keyword:if", "name:$i", "number:20", "keyword:then"]],
    ["shell", "echo \"a ${B} \\\" c\" 'd\ne' $(f)", ["string:\"a ${B} \\\" c\"", "string:'d\ne'"]],
    ["shell", "echo 'open\nmore", ["string:'open\nmore"]],
    ["shell", "for-each if.sh -done 1.5 a1", ["number:1.5"]],
    ["shell", "$1 ${A:-x} $?", ["name:$1", "name:${A:-x}", "name:$?"]],
    ["python", "def f(x): # if\n  return f\"{x}\" + '''a\n'b'''", ["keyword:def", "comment:# if", "keyword:return", "string:f\"{x}\"", "string:'''a\n'b'''"]],
    ["python", "'open\nNone 0xff 1_000.5e3 a.is_x", ["string:'open", "keyword:None", "number:0xff", "number:1_000.5e3"]],
    ["sql", "SELECT 'it''s' FROM t -- x\n/* y", ["keyword:SELECT", "string:'it''s'", "keyword:FROM", "comment:-- x", "comment:/* y"]],
    ["sql", "where id = ${id} and selected", ["keyword:where", "name:${id}", "keyword:and"]],
    ["json", "{\"a\": \"b\\\"c\", \"d\" : [-1.5e3, true]}", ["name:\"a\"", "string:\"b\\\"c\"", "name:\"d\"", "number:-1.5e3", "keyword:true"]],
    ["json", "{\"a", ["string:\"a"]],
    ["", "if 'x'", []],
  ])("%s: %s", (language, code, kinds) => expect(marked(code, language)).toEqual(kinds));
});

const hostile = ["\"".repeat(30_001), "${".repeat(20_000), "'\\".repeat(20_000), "/*".repeat(20_000), "\"\"\"".repeat(10_000), "\u202e\u0000\ud800 #\n", "", "a".repeat(60_000)];

test.each(["shell", "python", "sql", "json", ""] as const)("%s: the pieces are the code again, whatever it is, and soon", (language) => {
  const began = cpuTime();
  for (const code of hostile) expect(highlight(code, language).map((span) => span.text).join("") === code).toBe(true);
  expect(cpuTime() - began).toBeLessThan(2_000);
});

test("what is beyond the bound is one plain piece", () => {
  const spans = highlight("1 ".repeat(colouredMost), "python");
  expect(spans.at(-1)?.text.length).toBeGreaterThanOrEqual(colouredMost);
  expect(spans.at(-1)?.kind).toBe("");
});

test("run types without a language of their own are plain", () => {
  expect(languageOf("sql")).toBe("sql");
  expect(languageOf("http")).toBe("");
});
