// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";

import { server } from "./fakeserver";
import { stream, watched } from "../src/api/live";

let leave = () => {};
afterEach(() => leave());

test("a page that is left closes its socket at once, and follows again when it is shown again", async () => {
  leave = stream({ query: "subscription { taskChanges(a: 1) { id } }", variables: () => ({}), next: () => undefined });
  await server.subscription("taskChanges");
  expect(server.sockets.size).toBe(1);

  dispatchEvent(new Event("pagehide"));
  expect(watched.value).toBe(false);
  // Its clocks stand still from here on: nothing can wait for them.
  expect(server.sockets.size).toBe(0);
  server.reset();

  document.dispatchEvent(new Event("visibilitychange"));
  await server.subscription("taskChanges");
  expect(server.sockets.size).toBe(1);
});
