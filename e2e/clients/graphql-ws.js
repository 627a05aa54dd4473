// The client of graphql-ws, which speaks graphql-transport-ws.
import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { ask } from './shared/collect.js';
import { Line } from './shared/line.js';
import { readOverCuts, resumable, watchToTheEnd } from './shared/scenarios.js';
import * as stepcast from './shared/stepcast.js';

const { check, credentials, server, wrongCredentials } = stepcast;

function connect(t, options) {
  const client = createClient({
    url: stepcast.socketOver(server),
    webSocketImpl: WebSocket,
    connectionParams: credentials,
    // The server is there: the usual wait before coming back would only take time.
    retryWait: async () => {},
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
  const sockets = new EventEmitter();
  const client = connect(t, {
    url: stepcast.socketOver(line.address),
    on: { connected: () => sockets.emit('connected') },
  });
  await readOverCuts({
    start: (work, lines) => client.subscribe(...resumable(stepcast.logDocument, work, lines)),
    cut: () => line.cut(),
    resumed: () => once(sockets, 'connected'),
  });
});

check('an invalid document is an error of its operation alone', async (t) => {
  const client = connect(t);
  await assert.rejects(ask(client, 'subscription { thereIsNoSuchField }'), (errors) => {
    assert.match(errors[0].message, /thereIsNoSuchField/);
    return true;
  });
  assert.deepEqual(await ask(client, '{ viewer { name } }'), { viewer: { name: 'admin' } });
});

check('a refused token closes with 4403', async (t) => {
  const client = connect(t, { connectionParams: wrongCredentials, retryAttempts: 0 });
  await assert.rejects(ask(client, '{ viewer { name } }'), { code: 4403, reason: 'Forbidden' });
});

check('a client comes back with a better token after 4403', async (t) => {
  const tokens = [wrongCredentials, wrongCredentials, credentials];
  const client = connect(t, { connectionParams: () => tokens.shift() });
  assert.deepEqual(await ask(client, '{ viewer { name } }'), { viewer: { name: 'admin' } });
  assert.deepEqual(tokens, []);
});

check('pings are answered', async (t) => {
  const heard = new EventEmitter();
  const client = connect(t, {
    lazy: false,
    keepAlive: 20,
    on: { pong: (received) => received && heard.emit('pong') },
  });
  for (let n = 0; n < 3; n++) await once(heard, 'pong');
  assert.deepEqual(await ask(client, '{ viewer { name } }'), { viewer: { name: 'admin' } });
});
