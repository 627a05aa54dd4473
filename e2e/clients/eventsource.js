// EventSource as browsers have it: a subscription by GET, resumed by Last-Event-ID.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { EventSource } from 'eventsource';
import { Collected } from './shared/collect.js';
import { Line } from './shared/line.js';
import { readOverCuts } from './shared/scenarios.js';
import * as stepcast from './shared/stepcast.js';

const { check, credentials, server } = stepcast;

/** Opens a stream to a sink. A header takes the place of the cookie that a browser sends. */
function open(address, query, variables, sink) {
  const url = new URL(stepcast.graphqlOver(address));
  url.searchParams.set('query', query);
  url.searchParams.set('variables', JSON.stringify(variables));
  const source = new EventSource(url, {
    fetch: (at, init) => fetch(at, { ...init, headers: { ...init.headers, ...credentials } }),
  });
  source.addEventListener('next', (event) => sink.next({ ...JSON.parse(event.data), id: event.lastEventId }));
  source.addEventListener('complete', () => {
    source.close();
    sink.complete();
  });
  source.addEventListener('error', (error) => {
    if (source.readyState === source.CLOSED) sink.error(error);
  });
  return source;
}

/** Reads a stream whose every event must have its cursor as its id. */
async function readByEventSource(t, { query, field, list, ...scenario }) {
  const line = await Line.to(server);
  t.after(() => line.close());
  let source;
  t.after(() => source.close());
  await readOverCuts({
    start: (work, items) => {
      const sink = items.sink(({ [field]: batch }, { id }) => {
        assert.equal(batch.gap, null);
        assert.equal(id, String(batch.cursor));
        return batch[list];
      });
      source = open(line.address, query, { id: work.id }, sink);
    },
    cut: () => line.cut(),
    resumed: () => once(source, 'open'),
    // An EventSource waits some seconds before it comes back.
    rounds: 2,
    ...scenario,
  });
}

check('taskLog is resumed by Last-Event-ID', (t) =>
  readByEventSource(t, { query: stepcast.logDocument, field: 'taskLog', list: 'lines' }),
);

check('taskEvents is resumed by Last-Event-ID', (t) =>
  readByEventSource(t, {
    query: stepcast.eventsAfterDocument,
    field: 'taskEvents',
    list: 'events',
    write: (work, n) => work.progress(10 * n),
    stored: (work) => work.storedEvents(),
  }),
);

check('what is refused is not tried again', async (t) => {
  const sink = new Collected().sink(() => []);
  const source = open(server, stepcast.cancelDocument, { id: '1' }, sink);
  t.after(() => source.close());
  const [error] = await once(source, 'error');
  assert.equal(error.code, 405);
  assert.equal(source.readyState, source.CLOSED);
});
