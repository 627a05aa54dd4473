import { useId, useMemo } from "preact/hooks";

import * as operations from "../api/operations.users";
import type { Role } from "../api/types";
import { notify } from "../state/announce";
import { MutationForm } from "../state/mutationform";
import { navigate } from "../state/route";
import type { UserAnswer } from "../state/users";
import { text } from "../text/text";
import { isRepeated, NewPasswordFields } from "./PasswordForm";
import { RoleField } from "./RoleField";
import { SendForm } from "./SendForm";
import { TextField } from "./TextField";
import { userAddress } from "./UserList";

const nobody = { name: "", role: "MEMBER" as Role, hasPassword: true, password: "", repeated: "" };

/** Creates a user, and goes to the user's page. */
export function NewUserForm() {
  const id = useId();
  const form = useMemo(() => new MutationForm(nobody), []);
  const { name, role, hasPassword } = form.values.value;
  const create = async () => {
    if (hasPassword && !isRepeated(form)) return false;
    const input = { name: name.trim(), role, password: hasPassword ? form.values.peek().password : null };
    const created = await form.send<UserAnswer>(operations.createUser, { input });
    if (!created) return false;
    notify(text("users.created", created.user.name));
    navigate(userAddress(created.user.name));
    return true;
  };
  const way = (by: boolean, label: string) => (
    <label class="tick"><input type="radio" name={id} checked={hasPassword === by} onChange={() => form.set("hasPassword", by)} /> {label}</label>
  );
  return (
    <SendForm form={form} label={text("users.new")} button={text("users.do")} onSend={create}>
      <div class="fields">
        <TextField
          label={text("users.name")}
          hint={text("users.name.hint")}
          value={name}
          problem={form.problems.value.name ?? ""}
          required
          onInput={(value) => form.set("name", value)}
        />
        <RoleField form={form} />
      </div>
      <fieldset class="card">
        <legend>{text("users.signIn")}</legend>
        {way(true, text("users.signIn.password"))}
        {hasPassword && <div class="fields"><NewPasswordFields form={form} /></div>}
        {way(false, text("users.signIn.other"))}
      </fieldset>
    </SendForm>
  );
}
