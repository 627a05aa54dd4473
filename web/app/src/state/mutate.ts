import { RequestError } from "../api/graphql";
import type { UserError } from "../api/types";
import { text } from "../text/text";
import { ask } from "./session";

/** What a mutation answers, whatever else. */
export interface Answer {
  userErrors: UserError[];
}

export interface Outcome<A extends Answer> {
  /** The answer, when the server did what was asked; else null. */
  done: A | null;
  /** Why it did not, or why that is not known. */
  refusals: readonly Pick<UserError, "field" | "message">[];
}

/** Asks for a mutation whose field is called `answer`. Throws nothing: what went wrong is to be shown. */
export async function mutate<A extends Answer>(document: string, variables: Record<string, unknown>): Promise<Outcome<A>> {
  try {
    const { answer } = await ask<{ answer: A }>(document, variables);
    return answer.userErrors.length === 0 ? { done: answer, refusals: [] } : { done: null, refusals: answer.userErrors.map(timed) };
  } catch (failure) {
    const unanswered = failure instanceof RequestError && failure.code === "NETWORK";
    return { done: null, refusals: [{ field: null, message: unanswered ? text("form.unanswered") : text("app.failed", (failure as Error).message) }] };
  }
}

/** The same for where there are no fields: `then` gets the answer. Gives null when it was done, else why not. */
export async function perform<A extends Answer>(document: string, variables: Record<string, unknown>, then: (done: A) => void): Promise<string | null> {
  const { done, refusals } = await mutate<A>(document, variables);
  if (!done) return refusals.map((refusal) => refusal.message).join(" ");
  then(done);
  return null;
}

const timed = ({ field, message, retryAfterSeconds }: UserError) => ({
  field,
  message: retryAfterSeconds ? `${message} ${text("submit.later", retryAfterSeconds)}` : message,
});
