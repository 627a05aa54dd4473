// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";

import { Dialog } from "../src/view/Dialog";

test("a dialog that is taken away is closed, so that the browser gives the focus back, and tells nobody", async () => {
  const onClose = vi.fn();
  const root = document.body.appendChild(document.createElement("div"));
  act(() => render(<Dialog title="Sure?" onClose={onClose}>text</Dialog>, root));
  const dialog = root.querySelector("dialog")!;
  const closed = new Promise((done) => dialog.addEventListener("close", done));
  expect(dialog.open).toBe(true);
  act(() => render(null, root));
  await closed;
  expect(dialog.open).toBe(false);
  expect(onClose).not.toHaveBeenCalled();
});

test("a dialog that is closed says so", async () => {
  const onClose = vi.fn();
  const root = document.body.appendChild(document.createElement("div"));
  act(() => render(<Dialog title="Sure?" onClose={onClose}>text</Dialog>, root));
  root.querySelector("dialog")!.close();
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledOnce());
});
