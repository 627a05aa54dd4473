import { type Signal, useSignal } from "@preact/signals";

import * as operations from "../api/operations.users";
import type { User } from "../api/types";
import { readable } from "../layout/signs";
import { notify } from "../state/announce";
import { perform } from "../state/mutate";
import { navigate } from "../state/route";
import { viewer } from "../state/session";
import { changed, took, type UserAnswer } from "../state/users";
import { type Key, text } from "../text/text";
import { ConfirmDialog } from "./ConfirmDialog";
import { PageSection } from "./PageSection";

type Act = "disable" | "enable" | "delete";

/** Shuts a user out, lets them in again, or deletes them. */
export function UserEnd({ user }: { user: Signal<User> }) {
  const asked = useSignal<Act | null>(null);
  const { name, disabled } = user.value;

  const allow = (to: boolean, told: Key) =>
    perform<UserAnswer>(operations.updateUser, { input: { name, disabled: !to } }, (done) => took(user, done.user, text(told, name)));
  const remove = () =>
    perform(operations.deleteUser, { name }, () => {
      notify(text("users.delete.done", name));
      navigate("/users");
      changed(name);
    });
  const runs: Record<Act, () => Promise<string | null>> = {
    disable: () => allow(false, "users.disable.done"),
    enable: () => allow(true, "users.enable.done"),
    delete: remove,
  };
  const button = (act: Act) => (
    <button class={act === "enable" ? "" : "danger"} onClick={() => (asked.value = act)}>{text(`users.${act}`)}</button>
  );
  const act = asked.value;
  return (
    <PageSection title={text("users.end")}>
      <p class="muted">{text(disabled ? "users.end.disabled" : "users.end.what")}</p>
      <div class="task-controls">
        {button(disabled ? "enable" : "disable")}
        {button("delete")}
      </div>
      {act && (
        <ConfirmDialog
          title={text(`users.${act}.title`)}
          action={text(`users.${act}`)}
          danger={act !== "enable"}
          run={runs[act]}
          onClose={() => (asked.value = null)}
        >
          <p class="foreign task-confirm-name">{readable(name)}</p>
          <p>{text(`users.${act}.what`)}</p>
          {act === "delete" && <p>{text("users.delete.name")}</p>}
          {name === viewer.value?.name && act !== "enable" && <p class="problem">{text("users.end.self")}</p>}
        </ConfirmDialog>
      )}
    </PageSection>
  );
}
