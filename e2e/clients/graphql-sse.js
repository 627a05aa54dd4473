// The client of graphql-sse, in its distinct connections mode: a POST for each operation.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createClient } from 'graphql-sse';
import { ask } from './shared/collect.js';
import { Line } from './shared/line.js';
import { readOverCuts, resumable, watchToTheEnd } from './shared/scenarios.js';
import * as stepcast from './shared/stepcast.js';

const { check, credentials, server, wrongCredentials } = stepcast;

function connect(t, options) {
  const client = createClient({
    url: stepcast.graphqlOver(server),
    headers: credentials,
    // The server is there: the usual wait before coming back would only take time.
    retry: async () => {},
    ...options,
  });
  t.after(() => client.dispose());
  return client;
}

check('queries and mutations', async (t) => {
  const client = connect(t);
  const work = await stepcast.Work.begin();
  const { task } = await ask(client, stepcast.taskDocument, { id: work.id });
  assert.deepEqual(task, { id: work.id, status: 'RUNNING', progress: 0 });
  const { cancelTask } = await ask(client, stepcast.cancelDocument, { id: work.id });
  assert.deepEqual(cancelTask, { task: { id: work.id, status: 'CANCELLING' }, userErrors: [] });
});

check('taskProgress to the end', async (t) => {
  const client = connect(t);
  await watchToTheEnd((variables, sink) =>
    client.subscribe({ query: stepcast.progressDocument, variables }, sink),
  );
});

check('taskLog over a line that is cut loses and doubles nothing', async (t) => {
  const line = await Line.to(server);
  t.after(() => line.close());
  const connections = new EventEmitter();
  const client = connect(t, {
    url: stepcast.graphqlOver(line.address),
    on: { connected: () => connections.emit('connected') },
  });
  await readOverCuts({
    start: (work, lines) => client.subscribe(...resumable(stepcast.logDocument, work, lines)),
    cut: () => line.cut(),
    resumed: () => once(connections, 'connected'),
  });
});

check('an invalid document is a result with errors', async (t) => {
  const results = [];
  for await (const result of connect(t).iterate({ query: 'subscription { thereIsNoSuchField }' })) {
    results.push(result);
  }
  assert.equal(results.length, 1);
  assert.match(results[0].errors[0].message, /thereIsNoSuchField/);
});

check('a refused token is 401', async (t) => {
  const client = connect(t, { headers: wrongCredentials, retryAttempts: 0 });
  await assert.rejects(ask(client, '{ viewer { name } }'), (error) => {
    assert.equal(error.response.status, 401);
    return true;
  });
});
