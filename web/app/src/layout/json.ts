/** Whether a value is an object with keys. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value as JSON for people to change. */
export const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
