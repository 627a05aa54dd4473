// What a client must bring about whatever its transport is.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { ask, Collected } from './collect.js';
import { Line } from './line.js';
import { cancelDocument, check, logDocument, progressDocument, server, taskDocument, Work } from './stepcast.js';

/**
 * What graphql-ws and graphql-sse, whose clients have the same interface, must both do.
 * connect(t, options) makes a client; over(address) is where it finds GraphQL there.
 */
export function checkClient(connect, over) {
  check('queries and mutations', async (t) => {
    const client = connect(t);
    const work = await Work.begin();
    const { task } = await ask(client, taskDocument, { id: work.id });
    assert.deepEqual(task, { id: work.id, status: 'RUNNING', progress: 0 });
    const { cancelTask } = await ask(client, cancelDocument, { id: work.id });
    assert.deepEqual(cancelTask, { task: { id: work.id, status: 'CANCELLING' }, userErrors: [] });
  });

  check('taskProgress to the end', async (t) => {
    const client = connect(t);
    await watchToTheEnd((variables, sink) => client.subscribe({ query: progressDocument, variables }, sink));
  });

  check('taskLog over a line that is cut loses and doubles nothing', async (t) => {
    const line = await Line.to(server);
    t.after(() => line.close());
    const connections = new EventEmitter();
    const client = connect(t, {
      url: over(line.address),
      on: { connected: () => connections.emit('connected') },
    });
    await readOverCuts({
      start: (work, lines) => client.subscribe(...resumable(logDocument, work, lines)),
      cut: () => line.cut(),
      resumed: () => once(connections, 'connected'),
    });
  });
}

/**
 * Watches a task from its start to its end. subscribe(variables, sink) runs
 * progressDocument.
 */
export async function watchToTheEnd(subscribe) {
  const work = await Work.begin();
  const seen = new Collected();
  subscribe(
    { id: work.id },
    seen.sink(({ taskProgress }) => [taskProgress]),
  );
  await seen.reach(1);
  await work.progress(40);
  await work.finish();

  const snapshots = await seen.ended();
  const last = snapshots.at(-1);
  assert.deepEqual([last.id, last.status, last.progress], [work.id, 'SUCCEEDED', 100]);
  for (const [before, after] of pairs(snapshots)) {
    assert.ok(after.version > before.version, `version ${after.version} came after ${before.version}`);
  }
}

/**
 * Reads a stream over a line that is cut again and again: after what was written has
 * come, and while it comes. start(work, items) subscribes and collects; resumed() waits
 * for the client to be back after a cut; write(work, n) makes something new to read, and
 * stored(work) is all there is.
 */
export async function readOverCuts({
  start,
  cut,
  resumed,
  write = writeLines,
  stored = readLines,
  rounds = 6,
}) {
  const work = await Work.begin();
  const items = new Collected();
  await write(work, 0);
  start(work, items);
  await items.reach(1);
  for (let round = 1; round <= rounds; round++) {
    await write(work, 2 * round - 1);
    if (round % 2) await items.reach((await stored(work)).length);
    const back = resumed();
    cut();
    await write(work, 2 * round);
    await back;
  }
  await work.finish();
  assert.deepEqual(await items.ended(), await stored(work));
}

const writeLines = (work, n) =>
  work.log(...Array.from({ length: 50 }, (_, line) => `part ${n} line ${line}`));
const readLines = (work) => work.storedLines();

/** The payload of a subscription to a log, which moves on with what has come. */
export function resumable(query, work, lines) {
  const payload = { query, variables: { id: work.id, after: 0 } };
  const sink = lines.sink(({ taskLog }) => {
    assert.equal(taskLog.gap, null);
    // A client that comes back sends the payload as it is then.
    payload.variables.after = taskLog.cursor;
    // Apollo Client asks for __typename besides.
    return taskLog.lines.map(({ number, text }) => ({ number, text }));
  });
  return [payload, sink];
}

const pairs = (list) => list.slice(1).map((after, n) => [list[n], after]);
