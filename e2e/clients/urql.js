// urql: queries over HTTP, subscriptions over graphql-ws.
import assert from 'node:assert/strict';
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { watchToTheEnd } from './shared/scenarios.js';
import * as stepcast from './shared/stepcast.js';
import { observe } from './shared/urql.js';

const { check, credentials, server } = stepcast;

function connect(t, options) {
  const sockets = createClient({
    url: stepcast.socketOver(server),
    webSocketImpl: WebSocket,
    connectionParams: credentials,
  });
  t.after(() => sockets.dispose());
  const forwardSubscription = ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query, variables }, sink) }),
  });
  return new Client({
    url: stepcast.graphqlOver(server),
    fetchOptions: { headers: credentials },
    exchanges: [cacheExchange, subscriptionExchange({ forwardSubscription }), fetchExchange],
    ...options,
  });
}

for (const preferGetMethod of [false, 'force']) {
  check(`queries, with preferGetMethod ${preferGetMethod}`, async (t) => {
    const client = connect(t, { preferGetMethod });
    const work = await stepcast.Work.begin();
    const { data, error } = await client.query(stepcast.taskDocument, { id: work.id });
    assert.equal(error, undefined);
    assert.deepEqual(data.task, { __typename: 'Task', id: work.id, status: 'RUNNING', progress: 0 });
  });
}

check('an error has its message and code', async (t) => {
  const { error } = await connect(t).query('{ thereIsNoSuchField }', {});
  assert.match(error.graphQLErrors[0].message, /thereIsNoSuchField/);
  assert.equal(error.graphQLErrors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
});

check('taskProgress to the end', async (t) => {
  const client = connect(t);
  await watchToTheEnd((variables, sink) =>
    observe(client.subscription(stepcast.progressDocument, variables), sink),
  );
});
