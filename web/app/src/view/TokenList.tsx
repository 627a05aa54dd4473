import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import * as operations from "../api/operations.account";
import type { Token } from "../api/types";
import { readable } from "../layout/signs";
import { isolated } from "../layout/task";
import { standing } from "../layout/token";
import { type TokenAnswer, tokensOf } from "../state/account";
import { notify } from "../state/announce";
import { now } from "../state/clock";
import { perform } from "../state/mutate";
import { Pages } from "../state/pages";
import { scopesText } from "../text/scopes";
import { text } from "../text/text";
import { ConfirmDialog } from "./ConfirmDialog";
import { Fact } from "./Fact";
import { MoreRows } from "./MoreRows";
import { PageSection } from "./PageSection";
import { TokenForm } from "./TokenForm";
import { TokenMade } from "./TokenMade";
import { When } from "./When";

/** The tokens of a user, with making and revoking them. */
export function TokenList({ user, hint }: { user: string; hint: string }) {
  const list = useMemo(() => new Pages<Token>(), [user]);
  const read = useMemo(() => tokensOf(user), [user]);
  const made = useSignal<TokenAnswer | null>(null);
  const revoked = useSignal<Token | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  /** Whether the button that had the focus goes with its row. */
  const lost = useRef(false);
  const fold = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    list.show(read);
    return () => list.end();
  }, [list]);

  const revoke = (token: Token) =>
    perform(operations.revokeToken, { id: token.id }, () => {
      notify(text("token.revoked", isolated(token.name)));
      if (made.peek()?.token.id === token.id) made.value = null;
      list.show(read);
      lost.current = true;
    });

  useEffect(() => {
    if (revoked.value || !lost.current) return;
    lost.current = false;
    heading.current?.focus();
  }, [revoked.value]);

  return (
    <PageSection title={text("token.title")} heading={heading}>
      <p class="muted">{hint}</p>
      {made.value && <TokenMade key={made.value.token.id} made={made.value} onClose={() => {
        made.value = null;
        heading.current?.focus();
      }} />}
      <details ref={fold} class="card">
        <summary>{text("token.new")}</summary>
        <TokenForm user={user} onMade={(one) => {
          made.value = one;
          if (fold.current) fold.current.open = false;
          list.show(read);
        }} />
      </details>
      <ul class="entries" aria-busy={list.loading.value}>
        {list.rows.value?.map((token) => <TokenRow key={token.id} token={token} onRevoke={() => (revoked.value = token)} />)}
      </ul>
      <MoreRows list={list} read={read} none={text("token.none")} />
      {revoked.value && <Revoke token={revoked.value} run={revoke} onClose={() => (revoked.value = null)} />}
    </PageSection>
  );
}

interface RevokeProps {
  token: Token;
  run: (token: Token) => Promise<string | null>;
  onClose: () => void;
}

function Revoke({ token, run, onClose }: RevokeProps) {
  return (
    <ConfirmDialog title={text("token.revoke.title")} action={text("token.revoke")} danger run={() => run(token)} onClose={onClose}>
      <p class="foreign task-confirm-name">{readable(token.name)}</p>
      <p>{text("token.revoke.what")}</p>
      {token.lastUsedAt ? <p>{text("token.revoke.used")} <When at={token.lastUsedAt} past /></p> : <p>{text("token.revoke.unused")}</p>}
    </ConfirmDialog>
  );
}

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const state = standing(token.expiresAt, now.value);
  return (
    <li class="card entry">
      <h3 class="foreign">{readable(token.name)}</h3>
      <dl class="facts">
        <Fact name={text("token.rights")}>{token.scopes ? scopesText(token.scopes) : text("token.rights.all")}</Fact>
        <Fact name={text("token.lastUsed")}>{token.lastUsedAt ? <When at={token.lastUsedAt} past /> : text("token.unused")}</Fact>
        <Fact name={text("token.created")}><When at={token.createdAt} past /></Fact>
        <Fact name={text("token.expires")}>
          <span class={state === "counts" ? "" : "problem"}>
            {token.expiresAt ? <When at={token.expiresAt} /> : text("token.span.never")}
            {state === "ended" && ` – ${text("token.ended")}`}
          </span>
        </Fact>
        {token.actsFor.length > 0 && <Fact name={text("token.actsFor")}><span class="foreign">{readable(token.actsFor.join(", "))}</span></Fact>}
        {token.allowNewUsers && <Fact name={text("token.newUsers")}>{text("token.newUsers.what")}</Fact>}
      </dl>
      <button class="danger" aria-label={text("token.revoke.of", isolated(token.name))} onClick={onRevoke}>{text("token.revoke")}</button>
    </li>
  );
}
