// What every script needs of the server under test: where it is, who signs in, plain
// requests, and tasks whose every line the script itself decides.
import assert from 'node:assert/strict';
import test from 'node:test';

/** The server's address, "http://127.0.0.1:8080", without a slash at the end. */
export const server = setting('STEPCAST_URL');

/** An API token that may do everything. */
export const token = setting('STEPCAST_TOKEN');

/** What signs in: the headers of a request, and the payload of connection_init. */
export const credentials = { Authorization: `Bearer ${token}` };

export const wrongCredentials = { Authorization: 'Bearer there-is-no-such-token' };

/** The address for GraphQL, of a server or of a Line to it. */
export const graphqlOver = (address) => `${address}/graphql`;

/** The same for WebSockets. */
export const socketOver = (address) => graphqlOver(address).replace(/^http/, 'ws');

function setting(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: clients_test.go starts the scripts`);
  return value;
}

/** A test that fails rather than hangs, even on a machine that has little time for it. */
export const check = (name, body) => test(name, { timeout: 60_000 }, body);

/** Sends one operation by POST and gives its data; throws what the server refuses. */
export async function ask(query, variables) {
  const response = await fetch(graphqlOver(server), {
    method: 'POST',
    headers: { ...credentials, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  assert.deepEqual(errors ?? [], []);
  return data;
}

/** A task that waits for the script to report it: nothing happens to it by itself. */
export class Work {
  #lease;
  #sequence = 0;

  /** Submits a task of one content and claims it. */
  static async begin() {
    const work = new Work();
    const { submitTask } = await ask(submitDocument, {
      input: {
        description: 'Told by a client',
        steps: [{ description: 'Outside', contents: [{ message: 'Reported', runType: 'external' }] }],
      },
    });
    assert.deepEqual(submitTask.userErrors, []);
    work.id = submitTask.task.id;
    const { claimTask } = await ask(claimDocument, { id: work.id });
    assert.deepEqual(claimTask.userErrors, []);
    work.#lease = claimTask.leaseToken;
    return work;
  }

  /** Appends lines to the log; when it returns they are stored. */
  log(...texts) {
    return this.#report({ log: texts.map((text) => ({ text })) });
  }

  /** Says how far it is, 0 to 100. */
  progress(progress) {
    return this.#report({ contents: [{ contentId: `${this.id}-1-1`, progress }] });
  }

  /** Ends it with success. */
  finish() {
    return this.#report({ contents: [{ contentId: `${this.id}-1-1`, status: 'SUCCEEDED' }] });
  }

  async #report(report) {
    this.#sequence++;
    const input = { taskId: this.id, leaseToken: this.#lease, sequence: this.#sequence, ...report };
    const { reportProgress } = await ask(reportDocument, { input });
    assert.deepEqual(reportProgress.userErrors, []);
  }

  /** All lines as they are stored; at most 10,000. */
  async storedLines() {
    const { task } = await ask(linesDocument, { id: this.id });
    assert.equal(task.log.caughtUp, true);
    return task.log.lines;
  }

  /** All events as they are stored; at most 1,000. */
  async storedEvents() {
    const { task } = await ask(eventsDocument, { id: this.id });
    assert.equal(task.events.caughtUp, true);
    return task.events.events;
  }
}

const submitDocument = `mutation Submit($input: SubmitTaskInput!) {
  submitTask(input: $input) { task { id } userErrors { code field message } }
}`;

const claimDocument = `mutation Claim($id: ID!) {
  claimTask(id: $id) { leaseToken userErrors { code message } }
}`;

const reportDocument = `mutation Report($input: ReportProgressInput!) {
  reportProgress(input: $input) { userErrors { code field message } }
}`;

const linesDocument = `query Lines($id: ID!) {
  task(id: $id) { log(first: 10000) { caughtUp lines { number text } } }
}`;

const eventsDocument = `query Events($id: ID!) {
  task(id: $id) { events(first: 1000) { caughtUp events { cursor version } } }
}`;

/** A task by its id. */
export const taskDocument = `query Task($id: ID!) {
  task(id: $id) { id status progress }
}`;

/** Cancels it. */
export const cancelDocument = `mutation Cancel($id: ID!) {
  cancelTask(input: { id: $id }) { task { id status } userErrors { code message } }
}`;

/** Its snapshots; the last is final. */
export const progressDocument = `subscription Progress($id: ID!) {
  taskProgress(id: $id) { id version status progress }
}`;

/** Its lines after number $after. */
export const logDocument = `subscription Log($id: ID!, $after: Long) {
  taskLog(id: $id, after: $after) { cursor gap { reason } lines { number text } }
}`;

/** Its events after cursor $after. */
export const eventsAfterDocument = `subscription EventsAfter($id: ID!, $after: String) {
  taskEvents(id: $id, after: $after) { cursor gap { reason } events { cursor version } }
}`;
