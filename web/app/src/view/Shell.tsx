import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import { notify } from "../state/announce";
import { bind, bound } from "../state/keys";
import { language, type Language, theme, type Theme } from "../state/preferences";
import { navigate, pathname } from "../state/route";
import { may, viewer } from "../state/session";
import { speak } from "../state/texts";
import { text } from "../text/text";
import { ConnectionBar, ConnectionState } from "./ConnectionBar";
import { Dialog } from "./Dialog";
import { Link } from "./Link";
import { Notices } from "./Notices";

const showsKeys = signal(false);
/** Whether a phone shows the preferences; where there is room for them they always are. */
const showsMenu = signal(false);

/** What stands around every page. */
export function Shell({ children }: { children: ComponentChildren }) {
  useEffect(
    () =>
      bind([
        { key: "?", does: "keys.help", run: () => (showsKeys.value = true) },
        { key: "g", does: "keys.tasks", run: () => navigate("/") },
        { key: "n", does: "keys.submit", run: () => navigate("/submit") },
      ]),
    [],
  );
  return (
    <>
      <a class="skip" href="#main">{text("app.skip")}</a>
      <header class="top">
        <Link to="/" class="brand">Stepcast</Link>
        <Navigation />
        <ConnectionState />
        <button
          class="quiet menu"
          aria-expanded={showsMenu.value}
          aria-controls="preferences"
          aria-label={text("app.preferences")}
          onClick={() => (showsMenu.value = !showsMenu.value)}
        >
          ☰
        </button>
        <Preferences />
      </header>
      <ConnectionBar />
      <main id="main" tabIndex={-1}>{children}</main>
      <Notices />
      {showsKeys.value && <Keys />}
    </>
  );
}

function Navigation() {
  const page = (to: string, label: string) => (
    <Link to={to} current={pathname.value === to}>{label}</Link>
  );
  return (
    <nav aria-label={text("app.menu")}>
      {page("/", text("app.tasks"))}
      {may.submit() && page("/submit", text("app.submit"))}
      {page("/account", viewer.value?.name ?? text("app.account"))}
      {may.administer() && page("/users", text("app.users"))}
      <a href="/graphiql">{text("app.graphql")}</a>
      <a href="/openapi">{text("app.rest")}</a>
    </nav>
  );
}

function Preferences() {
  return (
    <div id="preferences" class={showsMenu.value ? "preferences is-open" : "preferences"}>
      <select aria-label={text("app.theme")} value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
        <option value="system">{text("app.theme.system")}</option>
        <option value="light">{text("app.theme.light")}</option>
        <option value="dark">{text("app.theme.dark")}</option>
      </select>
      <select aria-label={text("app.language")} value={language.value} onChange={(event) => chooseLanguage(event.currentTarget)}>
        <option value="en" lang="en">English</option>
        <option value="zh" lang="zh-Hans">中文</option>
      </select>
      <button class="quiet" aria-label={text("app.keys")} onClick={() => (showsKeys.value = true)}>?</button>
      <form method="post" action="/logout"><button class="quiet">{text("app.signOut")}</button></form>
    </div>
  );
}

function chooseLanguage(select: HTMLSelectElement): void {
  speak(select.value as Language).catch((failure: Error) => {
    select.value = language.peek();
    notify(text("app.failed", failure.message), "problem");
  });
}

function Keys() {
  return (
    <Dialog title={text("keys.title")} onClose={() => (showsKeys.value = false)}>
      <dl class="keys">
        {bound().map((shortcut) => (
          <div key={shortcut.key}>
            <dt><kbd>{shortcut.key}</kbd></dt>
            <dd>{text(shortcut.does)}</dd>
          </div>
        ))}
        <div>
          <dt><kbd>Esc</kbd></dt>
          <dd>{text("keys.close")}</dd>
        </div>
      </dl>
    </Dialog>
  );
}
