import { expect, test } from "vitest";

import { Pages, type Reading } from "../src/state/pages";

/** Gives pages of two of the numbers from 1 to 5, and fails when told to. */
function numbers(fails = () => false): Reading<number> {
  return async (after) => {
    if (fails()) throw new Error("away");
    const rows = [1, 2, 3, 4, 5].filter((n) => n > (after ?? 0));
    return { rows: rows.slice(0, 2), more: rows.length > 2 };
  };
}

const settled = () => new Promise((done) => setTimeout(done));

test("pages are added until there are no more", async () => {
  const list = new Pages<number>();
  const read = numbers();
  expect(list.rows.value).toBe(null);
  list.show(read);
  await settled();
  expect([list.rows.value, list.more.value]).toEqual([[1, 2], true]);
  list.next(read);
  await settled();
  list.next(read);
  await settled();
  expect([list.rows.value, list.more.value, list.loading.value]).toEqual([[1, 2, 3, 4, 5], false, false]);
});

test("a failure keeps what is shown, and the same page is tried again", async () => {
  let away = false;
  const list = new Pages<number>();
  const read = numbers(() => away);
  list.show(read);
  await settled();
  away = true;
  list.next(read);
  await settled();
  expect([list.rows.value, list.failure.value]).toEqual([[1, 2], "away"]);
  away = false;
  list.retry();
  await settled();
  expect([list.rows.value, list.failure.value]).toEqual([[1, 2, 3, 4], ""]);
});

test("what was asked for before something else is not shown, whenever it comes", async () => {
  const list = new Pages<number>();
  const late: { come: () => void; signal?: AbortSignal } = { come: () => undefined };
  list.show((_, signal) => {
    late.signal = signal;
    return new Promise((done) => (late.come = () => done({ rows: [9], more: true })));
  });
  list.show(numbers());
  await settled();
  late.come();
  await settled();
  expect(late.signal?.aborted).toBe(true);
  expect([list.rows.value, list.more.value, list.loading.value]).toEqual([[1, 2], true, false]);
});
