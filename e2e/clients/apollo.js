// Apollo Client: queries over HTTP, subscriptions over graphql-ws.
import assert from 'node:assert/strict';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { watchToTheEnd } from './shared/scenarios.js';
import * as stepcast from './shared/stepcast.js';

const { check, credentials, server } = stepcast;

function connect(t) {
  const sockets = createClient({
    url: stepcast.socketOver(server),
    webSocketImpl: WebSocket,
    connectionParams: credentials,
  });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(sockets),
    new HttpLink({ uri: stepcast.graphqlOver(server), headers: credentials }),
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  t.after(() => {
    client.stop();
    return sockets.dispose();
  });
  return client;
}

check('queries and mutations', async (t) => {
  const client = connect(t);
  const work = await stepcast.Work.begin();
  const query = gql(stepcast.taskDocument);
  const { data } = await client.query({ query, variables: { id: work.id } });
  assert.deepEqual(data.task, { __typename: 'Task', id: work.id, status: 'RUNNING', progress: 0 });

  await client.mutate({ mutation: gql(stepcast.cancelDocument), variables: { id: work.id } });
  // The id of the task is what the cache knows it by.
  const cached = await client.query({ query, variables: { id: work.id }, fetchPolicy: 'cache-only' });
  assert.equal(cached.data.task.status, 'CANCELLING');
});

check('an error has its message and code', async (t) => {
  const query = gql`
    {
      thereIsNoSuchField
    }
  `;
  await assert.rejects(connect(t).query({ query }), (error) => {
    assert.match(error.errors[0].message, /thereIsNoSuchField/);
    assert.equal(error.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    return true;
  });
});

check('taskProgress to the end', async (t) => {
  const client = connect(t);
  await watchToTheEnd((variables, sink) =>
    client.subscribe({ query: gql(stepcast.progressDocument), variables }).subscribe(sink),
  );
});
