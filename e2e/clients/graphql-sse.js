// The client of graphql-sse, in its distinct connections mode: a POST for each operation.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-sse';
import { ask } from './shared/collect.js';
import { checkClient } from './shared/scenarios.js';
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

checkClient(connect, stepcast.graphqlOver);

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
