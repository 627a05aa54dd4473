// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test } from "vitest";

import { server, until } from "./fakeserver";
import { answers, button, fieldOf, fill, formOf, refused, requireAccessible, send, sent } from "./forms";
import type { User } from "../src/api/types";
import { UsersPage } from "../src/page/UsersPage";
import { announcement } from "../src/state/announce";
import { language } from "../src/state/preferences";
import { navigate, pathname, search } from "../src/state/route";
import { viewer } from "../src/state/session";

const user = (name: string, changes: Partial<User> = {}): User => ({
  name, role: "MEMBER", disabled: false, hasPassword: true, createdAt: "2026-01-01T00:00:00.000Z", ...changes,
});

let root: HTMLElement;
let users: User[];

const named = (name: unknown) => users.find((one) => one.name === name) ?? null;

/** The server's answers: users are kept, and changed as asked. */
const kept = {
  Users: ({ after, first, name, named: asked }: Record<string, unknown>) => ({
    users: users.filter((one) => one.name > String(after)).slice(0, Number(first)),
    ...(asked ? { user: named(name) } : {}),
  }),
  OneUser: ({ name }: Record<string, unknown>) => ({ user: named(name) }),
  Tokens: { tokens: [] },
  Viewer: () => ({ viewer: { name: "root", role: named("root")?.role ?? "VIEWER" } }),
  UpdateUser: ({ input }: { input?: Partial<User> }) => {
    users = users.map((one) => (one.name === input?.name ? { ...one, ...input } : one));
    return { answer: { user: named(input?.name), userErrors: [] } };
  },
};

/** Opens the page at an address, and waits until a text is shown. */
async function open(address: string, shows: string, more: Record<string, unknown> = {}): Promise<void> {
  answers({ ...kept, ...more });
  navigate(address);
  render(<UsersPage />, root);
  await until(() => expect(root.textContent).toContain(shows));
}

const names = () => [...root.querySelectorAll(".entry a")].map((one) => one.textContent);
const dialog = () => until(() => {
  const found = document.querySelector("dialog");
  expect(found).not.toBe(null);
  return found!;
});

beforeEach(() => {
  server.reset();
  language.value = "en";
  viewer.value = { name: "root", role: "ADMIN" };
  users = [user("ann"), user("anna"), user("bob", { disabled: true, hasPassword: false, role: "VIEWER" }), user("root", { role: "ADMIN" })];
  root = document.createElement("main");
  root.id = "main";
  root.tabIndex = -1;
  document.body.replaceChildren(root);
});

afterEach(() => render(null, root));

test("who may not manage users is told so, and the server asked nothing", async () => {
  viewer.value = { name: "eve", role: "OPERATOR" };
  await open("/users", "Only admins see and change users. Your role is: Operator.");
  expect(server.requests).toEqual([]);
});

test("users with role and state, and those whose names begin as typed", async () => {
  await open("/users", "bob");
  expect(names()).toEqual(["ann", "anna", "bob", "root"]);
  const row = root.querySelectorAll(".entry")[2]?.textContent;
  for (const part of ["Viewer", "shut out", "none"]) expect(row).toContain(part);
  expect(root.querySelectorAll(".entry")[3]?.textContent).toContain("(you)");
  const input = root.querySelector<HTMLInputElement>("[type=search]")!;
  input.value = "Ann";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => expect(names()).toEqual(["ann", "anna"]));
  expect(search.value.get("name")).toBe("Ann");
  expect(sent("Users").at(-1)).toEqual({ after: "ann", first: 51, name: "ann", named: true });
});

test("more users come when asked for", async () => {
  users = Array.from({ length: 60 }, (_, i) => user(`u${10 + i}`));
  await open("/users", "u10");
  expect(names().length).toBe(50);
  button("Show more").click();
  await until(() => expect(names().length).toBe(60));
  expect(new Set(names()).size).toBe(60);
});

test("a list that cannot be read says why, and is tried again", async () => {
  await open("/users", "This did not work", { Users: () => { throw new Error("away"); } });
  answers(kept);
  button("Try again").click();
  await until(() => expect(names()).toContain("bob"));
});

test("a user is created as the form says, and shown", async () => {
  await open("/users", "bob", {
    CreateUser: ({ input }: { input?: User }) => {
      users = [...users, user("cid", { role: "OPERATOR" })];
      return { answer: { user: user(input?.name ?? ""), userErrors: [] } };
    },
  });
  const form = formOf("Create a user");
  fill(form, "Name", " cid ");
  fill(form, "Role", "OPERATOR");
  await until(() => expect(fieldOf(form, "Role").textContent).toContain("those of everyone"));
  fill(form, "New password", "long enough");
  send(form);
  await until(() => expect(fieldOf(form, "New password again").textContent).toContain("not the same"));
  fill(form, "New password again", "long enough");
  send(form);
  await until(() => expect(root.querySelector("h1")?.textContent).toBe("cid"));
  expect(sent("CreateUser")).toEqual([{ input: { name: "cid", role: "OPERATOR", password: "long enough" } }]);
  expect(announcement.value).toBe("The user cid was created");
  await until(() => expect(document.activeElement).toBe(root));
});

test("a user without a password is created without one; a refusal stands beside its field", async () => {
  await open("/users", "bob", { CreateUser: refused(["name"], "there is already a user of this name") });
  const form = formOf("Create a user");
  fill(form, "Name", "bob");
  (fieldOf(form, "Without a password").querySelector("input") as HTMLElement).click();
  await until(() => expect(form.querySelector("[type=password]")).toBe(null));
  send(form);
  await until(() => expect(fieldOf(form, "Name").textContent).toContain("already a user"));
  await until(() => expect(document.activeElement).toBe(fieldOf(form, "Name").querySelector("input")));
  expect(sent("CreateUser")).toEqual([{ input: { name: "bob", role: "MEMBER", password: null } }]);
});

test("there is no such user", () => open("/users?user=nobody", "There is no such user."));

test("a role and a password are set", async () => {
  await open("/users?user=ann", "Set the role");
  fill(formOf("Role"), "Role", "VIEWER");
  send(formOf("Role"));
  await until(() => expect(root.querySelector(".facts")?.textContent).toContain("Viewer"));
  expect(announcement.value).toBe("ann is now: Viewer");
  for (const label of ["New password", "New password again"]) fill(formOf("Password"), label, "long enough");
  send(formOf("Password"));
  await until(() => expect(announcement.value).toBe("The password of ann was set"));
  expect(sent("UpdateUser")).toEqual([{ input: { name: "ann", role: "VIEWER" } }, { input: { name: "ann", password: "long enough" } }]);
  expect(sent("Tokens")[0]?.["user"]).toBe("ann");
});

test("a user is shut out and let in again, each when confirmed", async () => {
  await open("/users?user=ann", "Shut out");
  button("Shut out").click();
  expect((await dialog()).textContent).toContain("Tasks that were accepted run on");
  button("Shut out", await dialog()).click();
  await until(() => expect(root.querySelector(".facts")?.textContent).toContain("shut out"));
  await until(() => expect(document.querySelector("dialog")).toBe(null));
  button("Let in again").click();
  button("Let in again", await dialog()).click();
  await until(() => expect(root.querySelector(".facts")?.textContent).toContain("may sign in"));
  expect(sent("UpdateUser").map(({ input }) => input)).toEqual([{ name: "ann", disabled: true }, { name: "ann", disabled: false }]);
});

test("deleting says what becomes of tasks and name, and goes back to the list", async () => {
  await open("/users?user=ann", "Delete", {
    DeleteUser: ({ name }: Record<string, unknown>) => {
      users = users.filter((one) => one.name !== name);
      return { answer: { userErrors: [] } };
    },
  });
  button("Delete").click();
  for (const part of ["tasks stay, under this name", "accepted run on", "given this name again"]) expect((await dialog()).textContent).toContain(part);
  button("Delete", await dialog()).click();
  await until(() => expect(names()).toEqual(["anna", "bob", "root"]));
  expect([pathname.value, search.value.get("user")]).toEqual(["/users", null]);
  await until(() => expect(document.activeElement).toBe(root));
});

test("the last admin cannot go: the dialog stays, and says why", async () => {
  await open("/users?user=root", "This is you", { DeleteUser: refused(null, "root is the last ADMIN") });
  expect(() => formOf("Password")).toThrow();
  button("Delete").click();
  expect((await dialog()).textContent).toContain("you lose access at once");
  button("Delete", await dialog()).click();
  await until(() => expect(document.querySelector('dialog [role="alert"]')?.textContent).toBe("root is the last ADMIN"));
  expect(search.value.get("user")).toBe("root");
});

test("who gives up the role of an admin is one no more, at once", async () => {
  await open("/users?user=root", "Set the role");
  fill(formOf("Role"), "Role", "MEMBER");
  send(formOf("Role"));
  await until(() => expect(root.textContent).toContain("Only admins see and change users. Your role is: Member."));
});

test.each(["/users", "/users?user=ann"])("%s: what machines can tell of accessibility is in order", async (address) => {
  await open(address, "may sign in");
  for (const details of root.querySelectorAll("details")) details.open = true;
  await requireAccessible(root);
});
