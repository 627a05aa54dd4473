// Every audit of the GraphQL over HTTP specification that graphql-http has.
import assert from 'node:assert/strict';
import { auditServer } from 'graphql-http';
import { check, credentials, graphqlOver, server } from './shared/stepcast.js';

check('all audits are ok', async () => {
  const results = await auditServer({
    url: graphqlOver(server),
    fetchFn: (url, init) => fetch(url, { ...init, headers: { ...credentials, ...init?.headers } }),
  });
  const complaints = results
    .filter((result) => result.status !== 'ok')
    .map((result) => `${result.status} ${result.id} ${result.name}: ${result.reason}`);
  assert.deepEqual(complaints, []);
  assert.equal(results.length, 61);
});
