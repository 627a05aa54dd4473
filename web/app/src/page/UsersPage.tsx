import { useEffect, useRef } from "preact/hooks";

import { search } from "../state/route";
import { may, viewer } from "../state/session";
import { text } from "../text/text";
import { UserDetails } from "../view/UserDetails";
import { UserList } from "../view/UserList";

/** Who may sign in, at /users; /users?user=ann is one of them. */
export function UsersPage() {
  const name = search.value.get("user");
  useEffect(() => {
    document.title = `${name ?? text("app.users")} – Stepcast`;
  }, [name]);
  const shown = useRef(name);
  useEffect(() => {
    // What had the focus is gone with the list, or with the user.
    if (shown.current !== name) document.getElementById("main")?.focus();
    shown.current = name;
  }, [name]);
  if (!viewer.value) return <p class="empty" role="status">{text("app.loading")}</p>;
  if (!may.administer()) return <p class="empty">{text("users.mayNot", text(`role.${viewer.value.role}`))}</p>;
  return <div class="account">{name ? <UserDetails key={name} name={name} /> : <UserList />}</div>;
}
