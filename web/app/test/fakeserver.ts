import { vi } from "vitest";

// A server for the console at the seam of the network: what fetch and WebSocket are. Import
// it before anything that opens a socket.

// A busy machine takes its time.
vi.setConfig({ testTimeout: 30_000 });

/** Waits until a check passes, and gives what it gives. */
export const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 10_000, interval: 10 }) as Promise<T>;

interface Request {
  query: string;
  variables: Record<string, unknown>;
}

/** A subscription that is open. */
export interface Subscription extends Request {
  next: (data: unknown) => void;
  complete: () => void;
  refuse: (code: string, message: string) => void;
}

type Answer = (request: Request) => unknown;

export const server = {
  /** Answers queries and mutations with their data; throws what is to be an error of the network. */
  answer: (() => ({})) as Answer,
  requests: [] as Request[],
  subscriptions: [] as Subscription[],
  sockets: new Set<FakeSocket>(),
  /** Forgets what came, and answers nothing. */
  reset(): void {
    server.answer = () => ({});
    server.requests = [];
    server.subscriptions = [];
  },
  /** The open subscription to a field, once there is one. */
  async subscription(field: string): Promise<Subscription> {
    return until(() => {
      const found = server.subscriptions.find((one) => one.query.includes(`${field}(`));
      if (!found) throw new Error(`nobody subscribes to ${field}`);
      return found;
    });
  },
};

/** An answer that is an error with a code. */
export class Refusal {
  constructor(
    readonly code: string,
    readonly message: string,
  ) {}
}

class FakeSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readyState = FakeSocket.CONNECTING;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor() {
    server.sockets.add(this);
    queueMicrotask(() => {
      this.readyState = FakeSocket.OPEN;
      this.onopen?.();
    });
  }

  send(data: string): void {
    const { type, id, payload } = JSON.parse(data);
    if (type === "connection_init") this.give({ type: "connection_ack" });
    if (type === "ping") this.give({ type: "pong" });
    if (type === "subscribe") server.subscriptions.push(this.subscription(id, payload));
    if (type === "complete") this.remove(id);
  }

  close(code = 1000, reason = ""): void {
    this.readyState = FakeSocket.CLOSED;
    server.sockets.delete(this);
    server.subscriptions = [];
    queueMicrotask(() => this.onclose?.(new CloseEvent("close", { code, reason, wasClean: true })));
  }

  private give(message: unknown): void {
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(message) }));
  }

  private remove(id: string): void {
    server.subscriptions = server.subscriptions.filter((one) => (one as { id?: string }).id !== id);
  }

  private subscription(id: string, request: Request): Subscription & { id: string } {
    return {
      ...request,
      id,
      next: (data) => this.give({ type: "next", id, payload: { data } }),
      complete: () => {
        this.remove(id);
        this.give({ type: "complete", id });
      },
      refuse: (code, message) => {
        this.remove(id);
        this.give({ type: "error", id, payload: [{ message, extensions: { code } }] });
      },
    };
  }
}

vi.stubGlobal("WebSocket", FakeSocket);
vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
  const request = JSON.parse(String(init.body)) as Request;
  server.requests.push(request);
  const answer = await server.answer(request);
  const body = answer instanceof Refusal ? { errors: [{ message: answer.message, extensions: { code: answer.code } }] } : { data: answer };
  return new Response(JSON.stringify(body));
});
