import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { inspect } from 'node:util';

/** What a stream has brought so far, to be waited for. */
export class Collected {
  items = [];
  #changed = new EventEmitter();
  #end;

  add(...items) {
    this.items.push(...items);
    this.#changed.emit('change');
  }

  /** The sink that GraphQL clients call, where take gives the items of a result's data. */
  sink(take) {
    return {
      next: (result) => {
        try {
          this.add(...take(dataOf(result), result));
        } catch (error) {
          this.#finish({ error });
        }
      },
      error: (error) => this.#finish({ error }),
      complete: () => this.#finish({}),
    };
  }

  #finish(end) {
    this.#end ??= end;
    this.#changed.emit('change');
  }

  /** Waits until there are so many items; throws when the stream ends without them. */
  async reach(count) {
    while (this.items.length < count) {
      assert.ok(
        !this.#end,
        `the stream ended after ${this.items.length} of ${count}: ${inspect(this.#end?.error)}`,
      );
      await once(this.#changed, 'change');
    }
  }

  /** Waits for the end and gives the items; throws the error that ended the stream. */
  async ended() {
    while (!this.#end) await once(this.#changed, 'change');
    if (this.#end.error) throw this.#end.error;
    return this.items;
  }
}

/** The data of a result; throws its errors, which Apollo Client and urql make one error. */
export function dataOf(result) {
  if (result.error) throw result.error;
  assert.deepEqual(result.errors ?? [], []);
  return result.data;
}

/** What a query or mutation answers, by a client that iterates. */
export async function ask(client, query, variables) {
  const results = [];
  for await (const result of client.iterate({ query, variables })) results.push(dataOf(result));
  assert.equal(results.length, 1);
  return results[0];
}
