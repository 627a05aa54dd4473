// Apollo Client without a socket: its HttpLink gets subscriptions as multipart/mixed.
import assert from 'node:assert/strict';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Collected } from './shared/collect.js';
import { resumable, watchToTheEnd } from './shared/scenarios.js';
import * as stepcast from './shared/stepcast.js';

const { check, credentials, server, wrongCredentials } = stepcast;

/** A client, and the responses that it got. */
function connect(t, { headers = credentials } = {}) {
  const responses = [];
  const remember = async (...request) => {
    const response = await fetch(...request);
    responses.push(response.clone());
    return response;
  };
  const link = new HttpLink({ uri: stepcast.graphqlOver(server), headers, fetch: remember });
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  t.after(() => client.stop());
  return { client, responses };
}

function watch(client, query, variables, sink) {
  return client.subscribe({ query: gql(query), variables }).subscribe(sink);
}

check('taskProgress to the end', async (t) => {
  const { client, responses } = connect(t);
  await watchToTheEnd((variables, sink) => watch(client, stepcast.progressDocument, variables, sink));
  assert.equal(responses.length, 1);
  assert.match(responses[0].headers.get('content-type'), /^multipart\/mixed;.*subscriptionSpec="?1\.0"?/);
  const text = await responses[0].text();
  const parts = [...text.matchAll(/\r\n\r\n(.*)\r\n--graphql/g)].map(([, json]) => JSON.parse(json));
  // The client takes results without their envelope too, but others do not; {} is a heartbeat.
  for (const part of parts) assert.ok('payload' in part || Object.keys(part).length === 0, text);
  assert.ok(
    parts.some((part) => part.payload?.data.taskProgress.status === 'SUCCEEDED'),
    text,
  );
  assert.match(text, /\r\n--graphql--(\r\n)?$/);
});

check('taskLog in order', async (t) => {
  const { client } = connect(t);
  const work = await stepcast.Work.begin();
  const lines = new Collected();
  const [{ query, variables }, sink] = resumable(stepcast.logDocument, work, lines);
  watch(client, query, { ...variables }, sink);
  await lines.reach(1);
  for (let n = 0; n < 20; n++) await work.log(`first of ${n}`, `second of ${n}: \r\n--graphql-- ☂`);
  await work.finish();
  assert.deepEqual(await lines.ended(), await work.storedLines());
});

check('an invalid document is an error', async (t) => {
  const { client } = connect(t);
  const seen = new Collected();
  watch(
    client,
    'subscription { thereIsNoSuchField }',
    {},
    seen.sink((data) => [data]),
  );
  await assert.rejects(seen.ended(), /thereIsNoSuchField/);
});

check('a refused token is 401', async (t) => {
  const { client, responses } = connect(t, { headers: wrongCredentials });
  const seen = new Collected();
  watch(
    client,
    stepcast.progressDocument,
    { id: '1' },
    seen.sink((data) => [data]),
  );
  await assert.rejects(seen.ended(), /sign in/);
  assert.equal(responses[0].status, 401);
});
