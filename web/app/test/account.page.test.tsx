// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { server, until } from "./fakeserver";
import { answers, button, fieldOf, fill, formOf, refused, requireAccessible, send, sent } from "./forms";
import type { Account, Token } from "../src/api/types";
import { AccountPage } from "../src/page/AccountPage";
import { announcement } from "../src/state/announce";
import { language } from "../src/state/preferences";
import { viewer } from "../src/state/session";
import { en } from "../src/text/en";
import { texts } from "../src/text/text";
import { zh } from "../src/text/zh";

const override = "\u202Egnp";
const shown = "⟨U+202E⟩gnp";

const account: Account = {
  name: "ann", role: "MEMBER", locale: null, scopes: ["CONTROL", "READ", "SUBMIT", "WORK"], hasPassword: true, expiresAt: "2999-01-01T00:00:00.000Z",
};

const token = (id: number, changes: Partial<Token> = {}): Token => ({
  id: String(id), name: `token ${id}`, scopes: ["SUBMIT", "READ"], actsFor: [], allowNewUsers: false,
  createdAt: "2026-01-01T00:00:00.000Z", expiresAt: null, lastUsedAt: null, ...changes,
});

let root: HTMLElement;
let tokens: Token[];

const own = (changes: Partial<Account> = {}) => ({
  Account: { viewer: { ...account, ...changes } },
  Tokens: ({ after }: Record<string, unknown>) => ({ tokens: tokens.filter(({ id }) => Number(id) > Number(after ?? 0)).slice(0, 51) }),
});

/** Opens the page, and waits until it is shown. */
async function open(more: Record<string, unknown> = {}, changes: Partial<Account> = {}): Promise<void> {
  answers({ ...own(changes), ...more });
  render(<AccountPage />, root);
  await until(() => expect(root.querySelector(".entries + *, .entry")).not.toBe(null));
  await until(() => expect(root.textContent).not.toContain("Loading"));
}

const names = () => [...root.querySelectorAll(".entry h3")].map((one) => one.textContent);

beforeEach(() => {
  server.reset();
  language.value = "en";
  texts.value = en;
  viewer.value = { name: "ann", role: "MEMBER" };
  tokens = [token(1)];
  root = document.createElement("main");
  document.body.replaceChildren(root);
});

afterEach(() => render(null, root));

test("it says who is signed in, what they may, and until when", async () => {
  await open();
  const shown = root.querySelector(".facts")?.textContent;
  for (const part of ["ann", "Member", "Read, Submit, Control, Work", "2999"]) expect(shown).toContain(part);
});

test("tokens are told apart: rights, whom they act for, and those that count no longer", async () => {
  tokens = [token(1), token(2, { scopes: null, actsFor: ["*"], allowNewUsers: true }), token(3, { expiresAt: "2020-01-01T00:00:00Z", name: `<b>x</b> ${override}` })];
  await open();
  const rows = [...root.querySelectorAll(".entry")].map((row) => row.textContent);
  expect(rows[0]).toContain("Read, Submit");
  expect(rows[0]).not.toContain("Acts for");
  expect(rows[1]).toContain("All that its user may");
  expect(rows[1]).toContain("Acts for*");
  expect(rows[1]).toContain("creates those it names");
  expect(rows[2]).toContain("counts no longer");
  expect(root.querySelector(".entry b")).toBe(null);
  expect(button(`Revoke <b>x</b> ${shown}`).getAttribute("aria-label")).toBe(`Revoke \u2068<b>x</b> ${shown}\u2069`);
});

test("more tokens come when asked for", async () => {
  tokens = Array.from({ length: 70 }, (_, i) => token(i + 1));
  await open();
  expect(names().length).toBe(50);
  button("Show more").click();
  await until(() => expect(names().length).toBe(70));
  expect(sent("Tokens").map(({ after }) => after)).toEqual([null, "50"]);
  expect(root.textContent).not.toContain("Show more");
});

test("a token is made as the form says, and its text shown until it was copied", async () => {
  await open({
    CreateToken: () => {
      tokens = [...tokens, token(2, { name: "ci" })];
      return { answer: { token: token(2, { name: "ci" }), text: "sct_secret", userErrors: [] } };
    },
  });
  const form = formOf("Create a token");
  fill(form, "Name", "ci");
  (fieldOf(form, "Work").querySelector("input") as HTMLElement).click();
  (fieldOf(form, "Control").querySelector("input") as HTMLElement).click();
  fill(form, "Expires", "never");
  send(form);
  await until(() => expect(root.querySelector(".made")?.textContent).toContain("sct_secret"));
  expect(sent("CreateToken")).toEqual([{ input: { name: "ci", user: "ann", scopes: ["READ", "SUBMIT", "WORK"], expiresAt: null } }]);
  expect(root.querySelector(".made")?.textContent).toContain("once and never again");
  expect(root.querySelector(".made")?.textContent).toContain(`stepcast login ${location.origin}`);
  expect(document.activeElement).toBe(root.querySelector(".made h3"));
  expect(announcement.value).toContain("ci");
  await until(() => expect(names()).toEqual(["token 1", "ci"]));
  expect((fieldOf(form, "Name").querySelector("input") as HTMLInputElement).value).toBe("");
  button("I have copied it").click();
  await until(() => expect(root.textContent).not.toContain("sct_secret"));
});

test("all rights are none that are named, and an instant must be said", async () => {
  await open({ CreateToken: { answer: { token: token(2), text: "sct_x", userErrors: [] } } });
  const form = formOf("Create a token");
  fill(form, "Name", "all");
  (fieldOf(form, "All that its user may").querySelector("input") as HTMLElement).click();
  fill(form, "Expires", "until");
  send(form);
  await until(() => expect(fieldOf(form, "Expires").textContent).toContain("Choose a date"));
  await until(() => expect(document.activeElement).toBe(fieldOf(form, "Expires").querySelector("select")));
  expect(sent("CreateToken")).toEqual([]);
  fill(form, "Date and time", "2030-01-01T10:00");
  send(form);
  await until(() => expect(sent("CreateToken").length).toBe(1));
  expect(sent("CreateToken")[0]).toEqual({ input: { name: "all", user: "ann", scopes: null, expiresAt: new Date("2030-01-01T10:00").toISOString() } });
});

test("a refusal stands beside its field, which gets the focus; what was typed stays", async () => {
  await open({ CreateToken: refused(["scopes"], "name at least one scope") });
  const form = formOf("Create a token");
  fill(form, "Name", "ci");
  send(form);
  await until(() => expect(form.querySelector(".scopes .problem")?.textContent).toBe("name at least one scope"));
  await until(() => expect(document.activeElement).toBe(form.querySelector("[type=checkbox]")));
  expect((fieldOf(form, "Name").querySelector("input") as HTMLInputElement).value).toBe("ci");
  (form.querySelector("[type=checkbox]") as HTMLElement).click();
  await until(() => expect(form.querySelector(".problem")).toBe(null));
});

test("what no field is to blame for stands at the head; the button waits for the answer", async () => {
  let answer = (_: unknown) => {};
  await open({ CreateToken: () => new Promise((done) => (answer = done)) });
  const form = formOf("Create a token");
  send(form);
  const go = form.querySelector<HTMLButtonElement>(".primary")!;
  await until(() => expect(go.disabled).toBe(true));
  send(form);
  answer(refused(null, "100 tokens are enough", 30));
  await until(() => expect(form.querySelector('[role="alert"]')?.textContent).toBe("100 tokens are enough Try again in 30 s."));
  await until(() => expect(document.activeElement?.getAttribute("role")).toBe("alert"));
  expect(go.disabled).toBe(false);
  expect(sent("CreateToken").length).toBe(1);
});

test("a token is revoked when that is confirmed, and the focus does not get lost with it", async () => {
  await open({
    RevokeToken: ({ id }: Record<string, unknown>) => {
      tokens = tokens.filter((one) => one.id !== id);
      return { answer: { userErrors: [] } };
    },
  });
  button("Revoke token 1").click();
  await until(() => expect(document.querySelector("dialog")?.textContent).toContain("cannot be undone"));
  expect(sent("RevokeToken")).toEqual([]);
  button("Revoke", document.querySelector("dialog")!).click();
  await until(() => expect(root.textContent).toContain("There are no tokens."));
  expect(sent("RevokeToken")).toEqual([{ id: "1" }]);
  await until(() => expect(document.activeElement?.textContent).toBe("API tokens"));
  expect(announcement.value).toContain("token 1");
});

test("a server that does not answer leaves the dialog open, and does not claim to know", async () => {
  await open({ RevokeToken: () => { throw new Error("away"); } });
  button("Revoke token 1").click();
  await until(() => button("Revoke", document.querySelector("dialog")!)).then((one) => one.click());
  await until(() => expect(document.querySelector('dialog [role="alert"]')?.textContent).toContain("not known whether this was done"));
  expect(names()).toEqual(["token 1"]);
});

test("a password is set by who knows the one until now", async () => {
  await open({ ChangePassword: refused(["current"], "this is not the current password") });
  const form = formOf("Password");
  expect([...form.querySelectorAll("input")].map((input) => input.autocomplete)).toEqual(["username", "current-password", "new-password", "new-password"]);
  for (const label of ["Current password", "New password"]) fill(form, label, "long enough");
  fill(form, "New password again", "long enouhg");
  send(form);
  await until(() => expect(fieldOf(form, "New password again").textContent).toContain("not the same"));
  expect(sent("ChangePassword")).toEqual([]);
  fill(form, "New password again", "long enough");
  send(form);
  await until(() => expect(fieldOf(form, "Current password").textContent).toContain("not the current"));
  await until(() => expect(document.activeElement).toBe(fieldOf(form, "Current password").querySelector("input")));
  const wrong = document.activeElement!;
  const said = (by: string) => wrong.getAttribute(by)?.split(" ").map((id) => document.getElementById(id)?.textContent);
  expect([said("aria-labelledby"), said("aria-describedby")]).toEqual([["Current password"], ["this is not the current password"]]);
  answers({ ChangePassword: { answer: { viewer: account, userErrors: [] } } });
  send(form);
  await until(() => expect(announcement.value).toBe("The password was set"));
  expect(sent("ChangePassword").at(-1)).toEqual({ input: { current: "long enough", password: "long enough" } });
  await until(() => expect([...form.querySelectorAll<HTMLInputElement>("[type=password]")].map((input) => input.value)).toEqual(["", "", ""]));
});

test("who has no password sets the first, and is asked for it from then on", async () => {
  await open({ ChangePassword: { answer: { viewer: account, userErrors: [] } } }, { hasPassword: false });
  const form = formOf("Password");
  expect(() => fieldOf(form, "Current password")).toThrow();
  fill(form, "New password", "long enough");
  fill(form, "New password again", "long enough");
  send(form);
  await until(() => expect(fieldOf(form, "Current password")).toBeTruthy());
  expect(sent("ChangePassword")).toEqual([{ input: { current: null, password: "long enough" } }]);
});

test("the language is kept by the server, and the page follows", async () => {
  const graphql = fetch;
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => (path.endsWith("zh.json") ? new Response(JSON.stringify(zh)) : graphql(path, init)));
  await open({ SetLocale: ({ locale }: Record<string, unknown>) => ({ answer: { viewer: { ...account, locale }, userErrors: [] } }) }, { locale: "de-AT" });
  const form = formOf("Language");
  expect([...form.querySelectorAll("option")].map((one) => one.value)).toEqual(["", "en", "zh", "de-AT"]);
  fill(form, "Language", "zh");
  send(form);
  await until(() => expect(root.querySelector("h1")?.textContent).toBe("账户"));
  vi.stubGlobal("fetch", graphql);
  expect(sent("SetLocale")).toEqual([{ locale: "zh" }]);
  expect(announcement.value).toBe("语言已保存");
});

test.each(["en", "zh"] as const)("%s: what machines can tell of accessibility is in order", async (spoken) => {
  language.value = spoken;
  texts.value = spoken === "zh" ? zh : en;
  answers({ ...own(), CreateToken: refused(["name"], "bad") });
  render(<AccountPage />, root);
  await until(() => expect(names()).toEqual(["token 1"]));
  send(root.querySelector("form")!);
  await until(() => expect(root.querySelector(".problem")?.textContent).toBe("bad"));
  for (const details of root.querySelectorAll("details")) details.open = true;
  await requireAccessible(root);
});
