/** The place of a value in what a form holds, outermost first, as userErrors name it. */
export type Path = readonly (string | number)[];

/** The value at a place; undefined where there is none. */
export function getIn(from: unknown, path: Path): unknown {
  let value = from;
  for (const part of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** The same with another value at a place that is there; nothing else is copied. */
export function setIn<T>(into: T, path: Path, value: unknown): T {
  const [first, ...rest] = path;
  if (first === undefined) return value as T;
  const inner = setIn((into as Record<string | number, unknown>)[first], rest, value);
  if (Array.isArray(into)) return into.with(Number(first), inner) as T;
  return { ...into, [first]: inner };
}

/** A list with one of its elements at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const element = list[from];
  if (element === undefined || to < 0 || to >= list.length) return [...list];
  return list.toSpliced(from, 1).toSpliced(to, 0, element);
}
