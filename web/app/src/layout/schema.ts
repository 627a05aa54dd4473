import { isObject } from "./json";

/** What a value has against a JSON Schema: where, which rule, and what it allows. */
export interface Breach {
  path: (string | number)[];
  rule: "type" | "required" | "unknown" | "enum" | "pattern" | "length";
  allowed: string;
}

/** How many breaches are told. */
const most = 10;

/**
 * Checks a value by the rules of a JSON Schema that the run types use: type, required,
 * additionalProperties, properties, items, enum, pattern, minLength, maxLength and
 * propertyNames. Others are the server's to check; so is what passes here.
 */
export function breaches(value: unknown, schema: unknown, path: (string | number)[] = []): Breach[] {
  if (!isObject(schema)) return [];
  const found: Breach[] = [];
  const breach = (rule: Breach["rule"], allowed: unknown, at = path) => found.push({ path: at, rule, allowed: String(allowed) });
  const types = [schema["type"] ?? []].flat() as string[];
  if (types.length > 0 && !types.some((type) => isOf(value, type))) breach("type", types.join(", "));
  const options = schema["enum"];
  if (Array.isArray(options) && !options.includes(value)) breach("enum", options.join(", "));
  if (typeof value === "string") checkText(value, schema, breach);
  if (Array.isArray(value)) value.forEach((item, i) => found.push(...breaches(item, schema["items"], [...path, i])));
  if (isObject(value)) {
    for (const name of (schema["required"] as string[] | undefined) ?? []) {
      if (!Object.hasOwn(value, name)) breach("required", name);
    }
    found.push(...propertyBreaches(value, schema, path));
  }
  return found.slice(0, most);
}

function propertyBreaches(value: Record<string, unknown>, schema: Record<string, unknown>, path: (string | number)[]): Breach[] {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const others = schema["additionalProperties"];
  return Object.entries(value).flatMap(([name, of]): Breach[] => {
    const at = [...path, name];
    const named = breaches(name, schema["propertyNames"], at);
    if (Object.hasOwn(properties, name)) return [...named, ...breaches(of, properties[name], at)];
    if (others === false) return [{ path: at, rule: "unknown", allowed: Object.keys(properties).join(", ") }];
    return [...named, ...breaches(of, others, at)];
  });
}

function checkText(value: string, schema: Record<string, unknown>, breach: (rule: Breach["rule"], allowed: unknown) => void) {
  const pattern = schema["pattern"];
  if (typeof pattern === "string" && !matches(value, pattern)) breach("pattern", pattern);
  const [least, longest] = [schema["minLength"], schema["maxLength"]];
  if (typeof longest === "number" && value.length > longest) breach("length", `≤ ${longest}`);
  if (typeof least === "number" && value.length < least) breach("length", `≥ ${least}`);
}

function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true; // a dialect that only the server knows
  }
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case "object": return isObject(value);
    case "array": return Array.isArray(value);
    case "null": return value === null;
    case "integer": return Number.isInteger(value);
    default: return typeof value === type;
  }
}

/** The keys that an object may have, and what they are for. */
export function describedKeys(schema: unknown): { name: string; description: string; required: boolean }[] {
  if (!isObject(schema) || !isObject(schema["properties"])) return [];
  const required = (schema["required"] as string[] | undefined) ?? [];
  return Object.entries(schema["properties"]).map(([name, of]) => ({
    name,
    description: isObject(of) ? String(of["description"] ?? "") : "",
    required: required.includes(name),
  }));
}
