// urql without a socket: its fetchExchange gets subscriptions as server-sent events.
import assert from 'node:assert/strict';
import { Client, fetchExchange } from '@urql/core';
import { Collected } from './shared/collect.js';
import { resumable, watchToTheEnd } from './shared/scenarios.js';
import * as stepcast from './shared/stepcast.js';
import { observe } from './shared/urql.js';

const { check, credentials, server } = stepcast;

/** A client, and the responses that it got. */
function connect() {
  const responses = [];
  const client = new Client({
    url: stepcast.graphqlOver(server),
    fetchOptions: { headers: credentials },
    fetchSubscriptions: true,
    exchanges: [fetchExchange],
    fetch: async (...request) => {
      const response = await fetch(...request);
      responses.push(response);
      return response;
    },
  });
  return { client, responses };
}

check('taskProgress to the end', async () => {
  const { client, responses } = connect();
  await watchToTheEnd((variables, sink) =>
    observe(client.subscription(stepcast.progressDocument, variables), sink),
  );
  assert.equal(responses.length, 1);
  assert.match(responses[0].headers.get('content-type'), /^text\/event-stream/);
});

check('taskLog in order', async () => {
  const { client } = connect();
  const work = await stepcast.Work.begin();
  const lines = new Collected();
  const [{ query, variables }, sink] = resumable(stepcast.logDocument, work, lines);
  observe(client.subscription(query, { ...variables }), sink);
  await lines.reach(1);
  for (let n = 0; n < 20; n++) await work.log(`first of ${n}`, `second of ${n}: data: ☂`);
  await work.finish();
  assert.deepEqual(await lines.ended(), await work.storedLines());
});

check('an invalid document is an error', async () => {
  const seen = new Collected();
  const { client } = connect();
  observe(
    client.subscription('subscription { thereIsNoSuchField }', {}),
    seen.sink((data) => [data]),
  );
  await assert.rejects(seen.ended(), /thereIsNoSuchField/);
});
