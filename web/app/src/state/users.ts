import type { Signal } from "@preact/signals";

import * as operations from "../api/operations.users";
import type { User } from "../api/types";
import { pageOf } from "../layout/userlist";
import { notify } from "./announce";
import type { Answer } from "./mutate";
import type { Reading } from "./pages";
import { ask, loadViewer, viewer } from "./session";

export interface UserAnswer extends Answer {
  user: User;
}

/** How many users are read at a time. */
const size = 50;

/** A user; null when there is none. Throws a RequestError. */
export const readUser = async (name: string, signal: AbortSignal): Promise<User | null> =>
  (await ask<{ user: User | null }>(operations.user, { name }, signal)).user;

/** Reads the users whose names begin so. */
export const usersBeginning = (prefix: string): Reading<User> => async (last, signal) => {
  const named = last === null && prefix !== "";
  const variables = { after: last?.name ?? prefix, first: size + 1, name: prefix, named };
  const data = await ask<{ user?: User | null; users: User[] }>(operations.users, variables, signal);
  return pageOf(prefix, data.user ?? null, data.users, size);
};

/** Shows what a user is after a change, and says so. */
export function took(user: Signal<User>, after: User, told: string): void {
  user.value = after;
  notify(told);
  changed(after.name);
}

/** Who changed themselves may do less from now on, or is signed out. */
export function changed(name: string): void {
  // Failing tells by itself: the bar across the page offers to sign in.
  if (name === viewer.peek()?.name) loadViewer().catch(() => undefined);
}
