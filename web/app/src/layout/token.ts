import { type TokenScope, tokenScopes } from "../api/types";

/** How long a token may last, in days; 0 is until somebody revokes it, null until an instant. */
export const spans = { week: 7, month: 30, quarter: 90, year: 365, never: 0, until: null } as const;
export type Span = keyof typeof spans;

/** A token to make, as its form has it. */
export interface NewToken {
  name: string;
  /** Whether it may do all that its user may. */
  whole: boolean;
  /** What it is narrowed to otherwise. */
  scopes: readonly TokenScope[];
  span: Span;
  /** With the span "until": RFC 3339, or "". */
  expiresAt: string;
}

/** What an ordinary program needs, for as long as somebody remembers what it was for. */
export const newToken: NewToken = { name: "", whole: false, scopes: ["READ", "SUBMIT", "CONTROL"], span: "quarter", expiresAt: "" };

/** When it stops counting, RFC 3339; null is never, "" that the instant is not said yet. */
export function expiryOf({ span, expiresAt }: Pick<NewToken, "span" | "expiresAt">, now: number): string | null {
  const days = spans[span];
  if (days === null) return expiresAt;
  return days === 0 ? null : new Date(now + days * 86_400_000).toISOString();
}

/** The scopes with one more or one less, in the order in which they are shown. */
export const toggledScope = (scopes: readonly TokenScope[], scope: TokenScope): TokenScope[] =>
  tokenScopes.filter((one) => scopes.includes(one) !== (one === scope));

/** Before it ends, a token that is about to is said to be; in milliseconds. */
const soon = 3 * 86_400_000;

/** Whether a token counts, does so for a few days more, or no longer. */
export function standing(expiresAt: string | null, now: number): "counts" | "ending" | "ended" {
  if (expiresAt === null) return "counts";
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return "ended";
  return left < soon ? "ending" : "counts";
}
