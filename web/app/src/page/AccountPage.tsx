import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import * as operations from "../api/operations.account";
import type { Account } from "../api/types";
import { readable } from "../layout/signs";
import { type AccountAnswer, readAccount } from "../state/account";
import { notify } from "../state/announce";
import type { MutationForm } from "../state/mutationform";
import { instant } from "../text/duration";
import { scopesText } from "../text/scopes";
import { text } from "../text/text";
import { Fact } from "../view/Fact";
import { LanguageForm } from "../view/LanguageForm";
import { Loaded } from "../view/Loaded";
import { PageSection } from "../view/PageSection";
import { type NewPassword, PasswordForm } from "../view/PasswordForm";
import { TokenList } from "../view/TokenList";
import { When } from "../view/When";

/** Who the viewer is to the server, at /account: the sign-in, tokens, password and language. */
export function AccountPage() {
  useEffect(() => {
    document.title = `${text("app.account")} – Stepcast`;
  }, []);
  return (
    <div class="account">
      <h1>{text("app.account")}</h1>
      <Loaded of="account" load={readAccount}>{(account) => <Parts read={account} />}</Loaded>
    </div>
  );
}

function Parts({ read }: { read: Account }) {
  const account = useSignal(read);
  return (
    <>
      <SignIn account={account.value} />
      <TokenList user={account.value.name} hint={text("token.own")} />
      <OwnPassword account={account.value} onChange={(changed) => (account.value = changed)} />
      <PageSection title={text("app.language")}><LanguageForm account={account.value} /></PageSection>
    </>
  );
}

function SignIn({ account }: { account: Account }) {
  return (
    <PageSection title={text("account.signIn")}>
      <dl class="facts card">
        <Fact name={text("users.name")}><strong class="foreign">{readable(account.name)}</strong></Fact>
        <Fact name={text("users.role")}>{text(`role.${account.role}`)} <span class="muted">{text(`role.${account.role}.what`)}</span></Fact>
        <Fact name={text("token.rights")}>{scopesText(account.scopes)}</Fact>
        <Fact name={text("account.until")}>
          {account.expiresAt ? <>{instant(account.expiresAt)}, <When at={account.expiresAt} /></> : text("token.span.never")}
        </Fact>
      </dl>
    </PageSection>
  );
}

interface OwnPasswordProps {
  account: Account;
  onChange: (account: Account) => void;
}

function OwnPassword({ account, onChange }: OwnPasswordProps) {
  const send = async (form: MutationForm<NewPassword>) => {
    const { current, password } = form.values.peek();
    const input = { current: account.hasPassword ? current : null, password };
    const changed = await form.send<AccountAnswer>(operations.changePassword, { input });
    if (!changed) return false;
    notify(text("password.done"));
    onChange(changed.viewer);
    return true;
  };
  return (
    <PageSection title={text("password.title")}>
      <p class="muted">{text(account.hasPassword ? "password.own" : "password.first")}</p>
      <PasswordForm user={account.name} proven={account.hasPassword} send={send} />
    </PageSection>
  );
}
