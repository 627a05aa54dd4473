// The client of graphql-ws, which speaks graphql-transport-ws.
import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { ask } from './shared/collect.js';
import { checkClient } from './shared/scenarios.js';
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

checkClient(connect, stepcast.socketOver);

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
