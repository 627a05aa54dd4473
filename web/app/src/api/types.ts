// What the operations of operations.ts answer. test/operations.test.ts holds them against the schema.

export type Status =
  | "WAITING"
  | "RUNNING"
  | "PAUSING"
  | "PAUSED"
  | "CANCELLING"
  | "CANCELLED"
  | "SUCCEEDED"
  | "FAILED"
  | "TIMED_OUT"
  | "SKIPPED";

export const statuses: readonly Status[] = [
  "WAITING", "RUNNING", "PAUSING", "PAUSED", "CANCELLING", "CANCELLED", "SUCCEEDED", "FAILED", "TIMED_OUT", "SKIPPED",
];

const finals: ReadonlySet<Status> = new Set(["CANCELLED", "SUCCEEDED", "FAILED", "TIMED_OUT", "SKIPPED"]);

/** Whether nothing more happens to what stands so. */
export const isFinal = (status: Status): boolean => finals.has(status);

export type Role = "ADMIN" | "OPERATOR" | "MEMBER" | "VIEWER";
export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR";
export type LogStream = "STDOUT" | "STDERR" | "SYSTEM";

export interface Label {
  key: string;
  value: string;
}

/** A task as a list shows it. Instants are RFC 3339, durations milliseconds, progress 0 to 100. */
export interface TaskRow {
  id: string;
  description: string;
  status: Status;
  progress: number;
  etaSeconds: number | null;
  owner: string;
  labels: Label[];
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** When this version came to be; `etaSeconds` counts from then. */
  updatedAt: string;
  stalledSince: string | null;
  version: number;
}

export interface PageInfo {
  startCursor: string | null;
  endCursor: string | null;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

export interface TaskPage {
  nodes: TaskRow[];
  pageInfo: PageInfo;
  totalCount: number;
  totalCountExact: boolean;
}

export interface TaskFilter {
  ids?: string[];
  statuses?: Status[];
  owner?: string;
  text?: string;
  labels?: Label[];
  createdAfter?: string;
  createdBefore?: string;
}

export type TaskOrder = "NEWEST" | "OLDEST" | "RECENTLY_CHANGED";

export interface Viewer {
  name: string;
  role: Role;
}

export interface UserError {
  code: string;
  field: string[] | null;
  message: string;
  retryAfterSeconds: number | null;
}

/** A line of a log. Its number counts from 1 through all attempts. */
export interface LogLine {
  number: number;
  attempt: number;
  at: string;
  level: LogLevel;
  stream: LogStream;
  text: string;
}

/** Lines in order; `cursor` is the number of the last one examined, `caughtUp` that there are no more for now. */
export interface LogBatch<L = LogLine> {
  lines: L[];
  cursor: number;
  caughtUp: boolean;
  gap: { reason: "EXPIRED" | "REPLACED" } | null;
}

// The page of one task.

/** Why something did not succeed; the step or content to blame, null where it is the whole. */
export interface TaskError {
  code: string;
  message: string;
  stepId: string | null;
  contentId: string | null;
}

export interface ContentShot {
  id: string;
  message: string;
  status: Status;
  isProgressAvailable: boolean;
  progress: number;
  runType: string;
  exitCode: number | null;
  startTime: string | null;
  finishTime: string | null;
  error: TaskError | null;
}

export interface StepShot {
  id: string;
  description: string;
  status: Status;
  progress: number;
  startTime: string | null;
  finishTime: string | null;
  contents: ContentShot[];
}

/** A task at one version. */
export interface TaskShot extends TaskRow {
  priority: number;
  startAfter: string | null;
  timeoutSeconds: number | null;
  updatedAt: string;
  attempt: number;
  maxAttempts: number;
  error: TaskError | null;
  endedBy: { by: string; at: string; signals: string[]; survivors: number } | null;
  steps: StepShot[];
}

export type WaitingReason = "BACKOFF" | "EXTERNAL_WORKER" | "LIMIT" | "QUEUE" | "START_TIME";

export interface WaitingFor {
  reason: WaitingReason;
  position: number | null;
  until: string | null;
}

export interface Attempt {
  number: number;
  status: Status;
  startedAt: string | null;
  finishedAt: string | null;
  error: TaskError | null;
}

/** A result set (rows is a number) or a file. */
export interface TaskResult {
  id: string;
  name: string;
  contentType: string;
  bytes: number;
  rows: number | null;
  url: string;
}

/** What no version of a task carries. */
export interface TaskExtras {
  execId: string;
  variables: Record<string, unknown> | null;
  waitingFor: WaitingFor | null;
  attempts: Attempt[];
  results: TaskResult[];
}

/** What a content runs; secrets are masked. */
export interface ContentCode {
  code: string | null;
  params: Record<string, unknown> | null;
}

/** What became of one task of a mutation of several. */
export interface TaskPayload {
  task: { id: string; status: Status; version: number } | null;
  userErrors: UserError[];
}

export interface TaskChange {
  task: TaskRow;
  matches: boolean;
  resync: boolean;
}

export interface RunType {
  name: string;
  enabled: boolean;
  /** Why it is not enabled, and what would enable it. */
  reason: string | null;
  description: string;
  paramsSchema: unknown;
}

/** What a task tells of its submission. */
export interface SubmittedTask {
  description: string;
  variables: Record<string, unknown> | null;
  labels: Label[];
  priority: number;
  timeoutSeconds: number | null;
  maxAttempts: number;
  steps: { description: string; contents: { message: string; runType: string; code: string | null; params: unknown }[] }[];
}

/** How many tasks have a status, or at least do. */
export interface StatusCount {
  status: Status;
  count: number;
  exact: boolean;
}

/** What happened from an instant to another. */
export interface ThroughputBucket {
  from: string;
  to: string;
  submitted: number;
  submittedExact: boolean;
  ended: StatusCount[];
}

// The viewer's account, users and their tokens.

export const roles: readonly Role[] = ["VIEWER", "MEMBER", "OPERATOR", "ADMIN"];

export type TokenScope = "READ" | "SUBMIT" | "CONTROL" | "WORK";
export const tokenScopes: readonly TokenScope[] = ["READ", "SUBMIT", "CONTROL", "WORK"];

/** The viewer, with what only their own page shows. */
export interface Account extends Viewer {
  /** A BCP 47 tag; null is the language of each request. */
  locale: string | null;
  /** What this sign-in may do, as far as the role goes. */
  scopes: TokenScope[];
  hasPassword: boolean;
  /** When this sign-in ends; null is never. */
  expiresAt: string | null;
}

export interface User {
  name: string;
  role: Role;
  /** Whether no sign-in of the user counts. */
  disabled: boolean;
  hasPassword: boolean;
  createdAt: string;
}

export interface Token {
  id: string;
  name: string;
  /** What it is narrowed to; null is not at all. */
  scopes: TokenScope[] | null;
  /** For whom else it may ask in the Linkis API; "*" is anyone. */
  actsFor: string[];
  allowNewUsers: boolean;
  createdAt: string;
  expiresAt: string | null;
  /** To the minute; null is never, or longer ago than is noted. */
  lastUsedAt: string | null;
}
