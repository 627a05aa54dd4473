import { effect, signal, untracked } from "@preact/signals";
import { createClient, type Client } from "graphql-ws";

import { type GraphQLError, path, RequestError, type Variables } from "./graphql";

/**
 * How the page stands with the server: `live` is that what is shown is what is,
 * `paused` that the page is hidden and asks for nothing, `lost` that it tries again.
 */
export type Connection = "connecting" | "live" | "lost" | "paused" | "signed-out";

export const connection = signal<Connection>("connecting");

/** How many streams are followed: what shows none is neither live nor about to be. */
export const followed = signal(0);

/** When the next try to reach the server is, in milliseconds since 1970; 0 while none is due. */
export const nextTry = signal(0);

/** Whether somebody can see the page; it stays true for a moment after it was hidden. */
export const watched = signal(!document.hidden);

/** How long a hidden page goes on listening, in milliseconds: a glance elsewhere costs no new start. */
const graceHidden = 5_000;
/** Waits between tries, in milliseconds, doubled from the first to the last. */
const firstWait = 500;
const lastWait = 15_000;
/** After how long of silence the server is asked for a sign of life, and how long it has to give it, in milliseconds. */
const silence = 10_000;
const patience = 5_000;

let hiding: ReturnType<typeof setTimeout> | undefined;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (!document.hidden) watched.value = true;
  else hiding = setTimeout(() => (watched.value = false), graceHidden);
});

/** What a stream needs: `variables` is asked at each start, so that it goes on after the last cursor. */
export interface StreamOptions<T> {
  query: string;
  variables: () => Variables;
  next: (data: T) => void;
  /** The stream is over: nothing more will come. */
  complete?: () => void;
  /** The server refuses the stream, and would again. */
  refused?: (failure: RequestError) => void;
}

const client: Client = createClient({
  url: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`,
  lazy: true,
  lazyCloseTimeout: 1_000,
  keepAlive: silence,
  // A stream starts again by itself, after its last cursor; the library would repeat it as it was.
  retryAttempts: 0,
});

let waiting = firstWait;
let due: ReturnType<typeof setTimeout> | undefined;
const waiters = new Set<() => void>();

let open = false;
client.on("connected", () => {
  open = true;
  waiting = firstWait;
  nextTry.value = 0;
  connection.value = "live";
});
client.on("closed", () => {
  open = false;
  clearTimeout(overdue);
  if (connection.peek() === "live") connection.value = "connecting";
});

// A connection may be gone without anybody having said so: then the answer to a ping is overdue.
let overdue: ReturnType<typeof setTimeout> | undefined;
client.on("ping", (received) => {
  if (received) return;
  clearTimeout(overdue);
  overdue = setTimeout(() => client.terminate(), patience);
});
client.on("pong", () => clearTimeout(overdue));

// A page that is left may be kept by the browser, its clocks still and its socket open. Shown
// again it is told that it is visible.
addEventListener("pagehide", () => {
  clearTimeout(hiding);
  watched.value = false;
  client.terminate();
});

// What the network says of itself needs no waiting.
addEventListener("online", tryNow);

/** Tries to reach the server now, and not when it is due. */
export function tryNow(): void {
  clearTimeout(due);
  due = undefined;
  if (nextTry.value === 0) return;
  nextTry.value = 0;
  if (connection.value === "lost") connection.value = "connecting";
  const all = [...waiters];
  waiters.clear();
  for (const again of all) again();
}

/** Calls back when the next try is due; all streams share one wait. */
function whenDue(again: () => void): () => void {
  waiters.add(again);
  if (due === undefined) {
    const wait = waiting * (0.75 + Math.random() / 2);
    waiting = Math.min(waiting * 2, lastWait);
    nextTry.value = Date.now() + wait;
    due = setTimeout(tryNow, wait);
  }
  return () => waiters.delete(again);
}

/**
 * Follows a subscription until the returned function is called: starts again after a
 * lost connection, and after the page was hidden. Elements come in order; the caller's
 * cursor, given by `variables`, sees to it that none comes twice or is left out.
 */
export function stream<T>(o: StreamOptions<T>): () => void {
  let stop = () => {};
  let over = false;
  followed.value = followed.peek() + 1;
  const finish = () => {
    if (!over) followed.value = followed.peek() - 1;
    over = true;
  };
  const start = () => {
    if (over || !watched.peek()) return;
    let current = true;
    const ended = () => {
      const was = current;
      current = false;
      return was && !over;
    };
    const unsubscribe = client.subscribe<T>(
      { query: o.query, variables: o.variables() },
      {
        next: (result) => {
          if (!current) return;
          if (result.data != null) o.next(result.data);
          else if (result.errors && ended()) refuse(result.errors as unknown as GraphQLError[]);
        },
        error: (failure) => {
          if (!ended()) return;
          if (Array.isArray(failure)) return refuse(failure);
          if (failure instanceof CloseEvent && (failure.code === 4403 || failure.code === 4401)) {
            connection.value = "signed-out";
            return;
          }
          connection.value = "lost";
          stop = whenDue(start);
        },
        complete: () => {
          if (!ended()) return;
          finish();
          dispose();
          o.complete?.();
        },
      },
    );
    stop = () => {
      current = false;
      unsubscribe();
    };
  };
  const refuse = (errors: GraphQLError[]) => {
    finish();
    dispose();
    const first = errors[0];
    o.refused?.(new RequestError(first?.message ?? "refused", first?.extensions?.code ?? "REFUSED"));
  };
  const dispose = effect(() => {
    const wanted = watched.value;
    // What the caller reads for its variables starts nothing again.
    untracked(() => {
      stop();
      if (wanted) start();
    });
  });
  return () => {
    finish();
    stop();
    dispose();
  };
}

effect(() => {
  if (watched.value) {
    if (connection.peek() === "paused") connection.value = open ? "live" : "connecting";
  } else if (connection.peek() !== "signed-out") {
    connection.value = "paused";
  }
});
