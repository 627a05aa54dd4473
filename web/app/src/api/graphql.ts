/** Where the server takes GraphQL, over HTTP and over a socket. */
export const path = "/graphql";

export type Variables = Record<string, unknown>;

/** One error of a GraphQL answer. `extensions.code` is what a program may look at. */
export interface GraphQLError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; requestId?: string };
}

/** A refusal of a whole request; `code` is the first error's, or NETWORK when nothing answered. */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** Says of any failure whether nobody is signed in any more. */
export function isSignedOut(failure: unknown): boolean {
  return failure instanceof RequestError && failure.code === "UNAUTHENTICATED";
}

/** Runs a query or a mutation and gives its data. Throws a RequestError. */
export async function request<T>(query: string, variables: Variables = {}, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
      body: JSON.stringify({ query, variables }),
      signal: signal ?? null,
    });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new RequestError("The server cannot be reached", "NETWORK");
  }
  return read<T>(response);
}

async function read<T>(response: Response): Promise<T> {
  let answer: { data?: T | null; errors?: GraphQLError[] };
  try {
    answer = await response.json();
  } catch {
    throw new RequestError(`The server answered ${response.status} ${response.statusText}`, codeOf(response.status));
  }
  const first = answer.errors?.[0];
  if (first) throw new RequestError(first.message, first.extensions?.code ?? codeOf(response.status));
  if (answer.data == null) throw new RequestError(`The server answered ${response.status}`, codeOf(response.status));
  return answer.data;
}

/** What the status of an answer without a code of its own means. */
function codeOf(status: number): string {
  if (status === 401) return "UNAUTHENTICATED";
  return status >= 500 ? "UNAVAILABLE" : "REFUSED";
}
