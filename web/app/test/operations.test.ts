import { readFileSync } from "node:fs";

import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";

const files = import.meta.glob<Record<string, string>>("../src/api/operations*.ts", { eager: true });
const operations = Object.values(files).flatMap((file) => Object.entries(file));

const schema = buildSchema(readFileSync(new URL("../../../schema.graphqls", import.meta.url), "utf8"));

test.each(operations)("%s is a document of the schema", (_, document) => {
  expect(validate(schema, parse(document)).map((error) => error.message)).toEqual([]);
});
