// The client of subscriptions-transport-ws, which speaks the older protocol graphql-ws.
import assert from 'node:assert/strict';
import { EventEmitter, on, once } from 'node:events';
import { SubscriptionClient } from 'subscriptions-transport-ws';
import WebSocket from 'ws';
import { Collected, dataOf } from './shared/collect.js';
import { Line } from './shared/line.js';
import { readOverCuts, resumable, watchToTheEnd } from './shared/scenarios.js';
import * as stepcast from './shared/stepcast.js';

const { check, credentials, server, wrongCredentials } = stepcast;

/** A client, and as heard.on('message') every message that the server sends it. */
function connect(t, options, address = server) {
  const heard = new EventEmitter();
  class Overheard extends WebSocket {
    constructor(...args) {
      super(...args);
      this.on('message', (text) => heard.emit('message', JSON.parse(text)));
      this.on('close', () => heard.emit('close'));
      // The client gives up its own handler before it closes a socket that is not open yet.
      this.on('error', () => {});
    }
  }
  // A busy machine must not look like a server that is not there.
  const all = { connectionParams: credentials, minTimeout: 30_000, ...options };
  const client = new SubscriptionClient(stepcast.socketOver(address), all, Overheard);
  t.after(() => client.close());
  return { client, heard };
}

/** Waits for a message of a type. */
async function message(heard, type) {
  for await (const [next] of on(heard, 'message')) if (next.type === type) return next;
}

/** What a query or mutation answers. */
async function ask(client, query, variables) {
  const results = new Collected();
  client.request({ query, variables }).subscribe(results.sink((data) => [data]));
  const [data, ...more] = await results.ended();
  assert.deepEqual(more, []);
  return data;
}

const whoAmI = '{ viewer { name } }';
const admin = { viewer: { name: 'admin' } };

check('queries and mutations', async (t) => {
  const { client } = connect(t);
  const work = await stepcast.Work.begin();
  const { task } = await ask(client, stepcast.taskDocument, { id: work.id });
  assert.deepEqual(task, { id: work.id, status: 'RUNNING', progress: 0 });
  const { cancelTask } = await ask(client, stepcast.cancelDocument, { id: work.id });
  assert.deepEqual(cancelTask, { task: { id: work.id, status: 'CANCELLING' }, userErrors: [] });
});

check('taskProgress to the end', async (t) => {
  const { client } = connect(t);
  await watchToTheEnd((variables, sink) =>
    client.request({ query: stepcast.progressDocument, variables }).subscribe(sink),
  );
});

check('taskLog over a line that is cut loses and doubles nothing', async (t) => {
  const line = await Line.to(server);
  t.after(() => line.close());
  const { client } = connect(t, { reconnect: true }, line.address);
  await readOverCuts({
    start: (work, lines) => {
      const [payload, sink] = resumable(stepcast.logDocument, work, lines);
      client.request(payload).subscribe(sink);
    },
    cut: () => line.cut(),
    resumed: () => new Promise((resolve) => client.onReconnected(resolve)),
  });
});

check('after unsubscribing nothing more comes', async (t) => {
  const { client, heard } = connect(t);
  const work = await stepcast.Work.begin();
  const watch = () => {
    const [payload, sink] = resumable(stepcast.logDocument, work, new Collected());
    return client.request(payload).subscribe(sink);
  };
  const left = watch();
  const first = await message(heard, 'data');
  left.unsubscribe();

  // The server takes messages in order: this one was started after the other was stopped.
  watch();
  const second = await message(heard, 'data');
  assert.notEqual(second.id, first.id);
  const ended = message(heard, 'complete');
  const after = new Set();
  heard.on('message', ({ type, id }) => type === 'data' && after.add(id));
  await work.log('only one hears this');
  await work.finish();
  assert.equal((await ended).id, second.id);
  assert.deepEqual([...after], [second.id]);
});

check('an invalid document is an error of its operation alone', async (t) => {
  const { client } = connect(t);
  // The client passes the payload on as it is: an object, not an Error.
  await assert.rejects(ask(client, 'subscription { thereIsNoSuchField }'), (error) => /thereIsNoSuchField/.test(error.message));
  assert.deepEqual(await ask(client, whoAmI), admin);
});

check('a refused token is a connection_error, and the socket closes', async (t) => {
  const answered = new EventEmitter();
  const { heard } = connect(t, {
    connectionParams: wrongCredentials,
    connectionCallback: (error) => answered.emit('callback', error),
  });
  const closed = once(heard, 'close');
  const [error] = await once(answered, 'callback');
  assert.match(error.message, /./);
  await closed;
});

check('the server keeps the connection alive', async (t) => {
  const { client, heard } = connect(t);
  await message(heard, 'connection_ack');
  await message(heard, 'ka');
  assert.deepEqual(await ask(client, whoAmI), admin);
});
