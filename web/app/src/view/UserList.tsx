import { useEffect, useMemo } from "preact/hooks";

import type { User } from "../api/types";
import { readable } from "../layout/signs";
import { beginning } from "../layout/userlist";
import { Pages } from "../state/pages";
import { search, setSearch } from "../state/route";
import { viewer } from "../state/session";
import { usersBeginning } from "../state/users";
import { text } from "../text/text";
import { Fact } from "./Fact";
import { Link } from "./Link";
import { MoreRows } from "./MoreRows";
import { NewUserForm } from "./NewUserForm";
import { Typed } from "./Typed";
import { When } from "./When";

/** Where a user has a page. */
export const userAddress = (name: string): string => `/users?user=${encodeURIComponent(name)}`;

/** All users, or those whose names begin as the address says, and creating one. */
export function UserList() {
  const typed = search.value.get("name") ?? "";
  const list = useMemo(() => new Pages<User>(), []);
  const read = useMemo(() => usersBeginning(beginning(typed)), [typed]);
  useEffect(() => list.show(read), [read]);
  useEffect(() => () => list.end(), []);
  return (
    <>
      <h1>{text("app.users")}</h1>
      <details class="card">
        <summary>{text("users.new")}</summary>
        <NewUserForm />
      </details>
      <div role="search"><Typed value={typed} label={text("users.search")} shortcut="/" onType={(name) => setSearch({ name })} /></div>
      <ul class="entries" aria-busy={list.loading.value}>
        {list.rows.value?.map((user) => <UserRow key={user.name} user={user} />)}
      </ul>
      <MoreRows list={list} read={read} none={text("users.none")} />
    </>
  );
}

function UserRow({ user }: { user: User }) {
  return (
    <li class="card entry">
      <h2>
        <Link to={userAddress(user.name)} class="foreign">{readable(user.name)}</Link>
        {user.name === viewer.value?.name && <span class="muted"> ({text("users.you")})</span>}
      </h2>
      <UserFacts user={user} />
    </li>
  );
}

/** What is known of a user, at a glance. */
export function UserFacts({ user }: { user: User }) {
  return (
    <dl class="facts">
      <Fact name={text("users.role")}>{text(`role.${user.role}`)}</Fact>
      <Fact name={text("users.state")}>
        {user.disabled ? <span class="problem">{text("users.disabled")}</span> : text("users.enabled")}
      </Fact>
      <Fact name={text("password.title")}>{text(user.hasPassword ? "users.password.set" : "users.password.none")}</Fact>
      <Fact name={text("token.created")}><When at={user.createdAt} past /></Fact>
    </dl>
  );
}
