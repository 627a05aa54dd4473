import { expect, test } from "vitest";

import { breaches, describedKeys } from "../src/layout/schema";

const schema = {
  type: "object", additionalProperties: false, required: ["url"],
  properties: {
    url: { type: "string", maxLength: 20, pattern: "^https?://", description: "Where to" },
    method: { type: "string", enum: ["GET", "POST"] },
    headers: { type: "object", additionalProperties: { type: "string" }, propertyNames: { pattern: "^[a-z]+$" } },
    codes: { type: ["array", "integer"], items: { type: "integer" } },
    odd: { pattern: "(" },
  },
};

test.each<[unknown, string[]]>([
  [{ url: "https://x", method: "GET", headers: { a: "b" }, codes: [1], odd: "x" }, []],
  [{ url: "https://x", codes: 5 }, []],
  [{}, [":required:url"]],
  [[], [":type:object"]],
  [null, [":type:object"]],
  [{ url: 1 }, ["url:type:string"]],
  [{ url: "ftp://x" }, ["url:pattern:^https?://"]],
  [{ url: `https://${"x".repeat(20)}` }, ["url:length:≤ 20"]],
  [{ url: "http://x", method: "PUT" }, ["method:enum:GET, POST"]],
  [{ url: "http://x", headers: { A: 1 } }, ["headers.A:pattern:^[a-z]+$", "headers.A:type:string"]],
  [{ url: "http://x", codes: [1, "2"] }, ["codes.1:type:integer"]],
  [{ url: "http://x", uri: 1 }, ["uri:unknown:url, method, headers, codes, odd"]],
  [JSON.parse('{"url": "http://x", "constructor": 1}'), ["constructor:unknown:url, method, headers, codes, odd"]],
])("%j", (value, found) => {
  expect(breaches(value, schema).map(({ path, rule, allowed }) => `${path.join(".")}:${rule}:${allowed}`)).toEqual(found);
});

test("few of many are told", () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, i]));
  expect(breaches({ url: "http://x", ...many }, schema)).toHaveLength(10);
});

test("the keys and what they are for; none without a schema", () => {
  expect(describedKeys(schema)[0]).toEqual({ name: "url", description: "Where to", required: true });
  expect(describedKeys(null)).toEqual([]);
  expect(breaches({ a: 1 }, true)).toEqual([]);
});
