import * as operations from "../api/operations.account";
import type { Account, Token } from "../api/types";
import type { Answer } from "./mutate";
import type { Reading } from "./pages";
import { ask } from "./session";

export interface AccountAnswer extends Answer {
  viewer: Account;
}

export interface TokenAnswer extends Answer {
  token: Token;
  /** What to send: nobody is shown it again. */
  text: string;
}

/** How many tokens are read at a time. */
const size = 50;

/** The viewer, with what only their own page shows. Throws a RequestError. */
export const readAccount = async (signal: AbortSignal): Promise<Account> =>
  (await ask<{ viewer: Account }>(operations.account, {}, signal)).viewer;

/** Reads the tokens of a user. */
export const tokensOf = (user: string): Reading<Token> => async (last, signal) => {
  const { tokens } = await ask<{ tokens: Token[] }>(operations.tokens, { user, after: last?.id ?? null, first: size + 1 }, signal);
  return { rows: tokens.slice(0, size), more: tokens.length > size };
};
