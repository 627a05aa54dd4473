import { type Signal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";

import * as operations from "../api/operations.users";
import type { User } from "../api/types";
import { readable } from "../layout/signs";
import { MutationForm } from "../state/mutationform";
import { viewer } from "../state/session";
import { readUser, took, type UserAnswer } from "../state/users";
import { text } from "../text/text";
import { Link } from "./Link";
import { Loaded } from "./Loaded";
import { PageSection } from "./PageSection";
import { type NewPassword, PasswordForm } from "./PasswordForm";
import { RoleField } from "./RoleField";
import { SendForm } from "./SendForm";
import { TokenList } from "./TokenList";
import { UserEnd } from "./UserEnd";
import { UserFacts } from "./UserList";

/** One user, and what can be changed of the user. */
export function UserDetails({ name }: { name: string }) {
  return (
    <>
      <p><Link to="/users">← {text("app.users")}</Link></p>
      <h1 class="foreign">{readable(name)}</h1>
      <Loaded of={name} load={(signal) => readUser(name, signal)}>
        {(user) => (user ? <Parts read={user} /> : <p class="muted">{text("users.missing")}</p>)}
      </Loaded>
    </>
  );
}

function Parts({ read }: { read: User }) {
  const user = useSignal(read);
  const { name } = read;
  const own = name === viewer.value?.name;
  return (
    <>
      <div class="card user-facts">
        <UserFacts user={user.value} />
        <Link to={`/?owner=${encodeURIComponent(name)}`}>{text("users.tasks")}</Link>
      </div>
      {own && <p role="note" class="muted">{text("users.self")}</p>}
      <PageSection title={text("users.role")}><RoleForm user={user} /></PageSection>
      <PageSection title={text("password.title")}>
        {own ? <p><Link to="/account">{text("users.password.own")}</Link></p> : <Password user={user} />}
      </PageSection>
      <TokenList user={name} hint={text("token.others", name)} />
      <UserEnd user={user} />
    </>
  );
}

function RoleForm({ user }: { user: Signal<User> }) {
  const form = useMemo(() => new MutationForm({ role: user.peek().role }), []);
  const save = async () => {
    const { role } = form.values.peek();
    const saved = await form.send<UserAnswer>(operations.updateUser, { input: { name: user.peek().name, role } });
    if (saved) took(user, saved.user, text("users.role.done", saved.user.name, text(`role.${role}`)));
    return saved !== null;
  };
  return (
    <SendForm form={form} label={text("users.role")} button={text("users.role.do")} onSend={save}>
      <RoleField form={form} />
    </SendForm>
  );
}

function Password({ user }: { user: Signal<User> }) {
  const { name } = user.value;
  const send = async (form: MutationForm<NewPassword>) => {
    const saved = await form.send<UserAnswer>(operations.updateUser, { input: { name, password: form.values.peek().password } });
    if (saved) took(user, saved.user, text("users.password.done", name));
    return saved !== null;
  };
  return (
    <>
      <p class="muted">{text("users.password.what")}</p>
      <PasswordForm user={name} proven={false} send={send} />
    </>
  );
}
