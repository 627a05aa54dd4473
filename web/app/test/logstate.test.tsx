// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";

import { connection } from "../src/api/live";
import type { Log, LogStanding } from "../src/state/log";
import { LogState } from "../src/view/LogState";

test("while the server is away, that is said, and not what could not be read meanwhile", () => {
  const log = { failure: signal("gone"), examined: signal(1), standing: signal<LogStanding>("open"), rows: signal(5), again: () => {} };
  const over = signal(false);
  const root = document.createElement("main");
  connection.value = "lost";
  act(() => render(<LogState log={log as unknown as Log} over={over} />, root));
  expect(root.textContent).toBe("Not live: new lines come when the server can be reached again.");

  for (const standing of ["failed", "loading"] as const) {
    act(() => void (log.standing.value = standing));
    expect(root.textContent).toContain("Not live");
  }
  act(() => void (connection.value = "connecting"));
  expect(root.textContent).toContain("Not live");
  act(() => void (connection.value = "live"));
  expect(root.textContent).toContain("This did not work: gone");
  act(() => void (log.failure.value = ""));
  expect(root.textContent).toBe("");
});
