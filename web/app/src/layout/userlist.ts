/** What somebody typed as the beginning of a name: names are in lower case. */
export const beginning = (typed: string): string => typed.trim().toLowerCase();

interface Named {
  name: string;
}

/**
 * A page of those whose names begin so. `named` is who has the beginning as the whole name, `after` whom the server has
 * after it, one more than the page is long if there are more.
 */
export function pageOf<U extends Named>(prefix: string, named: U | null, after: readonly U[], size: number): { rows: U[]; more: boolean } {
  // The names of a beginning stand together: who has another one ends them.
  const end = after.findIndex((user) => !user.name.startsWith(prefix));
  const matching = end < 0 ? after : after.slice(0, end);
  const rows = matching.slice(0, size);
  return { rows: named ? [named, ...rows] : rows, more: matching.length > size };
}
