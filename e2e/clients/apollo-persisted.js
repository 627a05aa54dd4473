// Apollo Client with automatic persisted queries: it sends the hash of a document, and the
// document itself only when the server does not know the hash.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { check, credentials, graphqlOver, server } from './shared/stepcast.js';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** A client, and what it sent: each request's method and whether it had the document. */
function connect(t, options) {
  const sent = [];
  const remember = (url, init) => {
    const parameters = init.body ? JSON.parse(init.body) : Object.fromEntries(new URL(url).searchParams);
    sent.push(`${init.method} ${parameters.query ? 'document' : 'hash'}`);
    return fetch(url, init);
  };
  const http = new HttpLink({ uri: graphqlOver(server), headers: credentials, fetch: remember });
  const link = ApolloLink.from([new PersistedQueryLink({ sha256, ...options }), http]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  t.after(() => client.stop());
  return { client, sent };
}

/** A document that no server has seen. */
const unknownDocument = () => gql(`query Unknown_${randomUUID().replaceAll('-', '')} { viewer { name } }`);

async function whoAmI(client, query) {
  const { data } = await client.query({ query, fetchPolicy: 'no-cache' });
  return data.viewer.name;
}

for (const [useGETForHashedQueries, method] of [
  [false, 'POST'],
  [true, 'GET'],
]) {
  check(`a document is sent once, then its hash by ${method}`, async (t) => {
    const query = unknownDocument();
    const first = connect(t, { useGETForHashedQueries });
    assert.equal(await whoAmI(first.client, query), 'admin');
    assert.deepEqual(first.sent, [`${method} hash`, 'POST document']);
    assert.equal(await whoAmI(first.client, query), 'admin');
    assert.equal(first.sent.at(-1), `${method} hash`);

    const second = connect(t, { useGETForHashedQueries });
    assert.equal(await whoAmI(second.client, query), 'admin');
    assert.deepEqual(second.sent, [`${method} hash`]);
  });
}

check('a hash of another document is refused', async (t) => {
  const { client } = connect(t, { sha256: () => sha256('another document') });
  await assert.rejects(whoAmI(client, unknownDocument()), /hash|sha/i);
});
