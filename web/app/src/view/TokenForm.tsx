import { useId, useMemo } from "preact/hooks";

import * as operations from "../api/operations.account";
import { tokenScopes } from "../api/types";
import { expiryOf, newToken, type NewToken, type Span, spans, toggledScope } from "../layout/token";
import type { TokenAnswer } from "../state/account";
import { MutationForm } from "../state/mutationform";
import { text } from "../text/text";
import { Problem } from "./Field";
import { Instant } from "./Instant";
import { SelectField } from "./SelectField";
import { SendForm } from "./SendForm";
import { TextField } from "./TextField";

interface TokenFormProps {
  /** Whose it is to be. */
  user: string;
  onMade: (made: TokenAnswer) => void;
}

/** Makes a token. */
export function TokenForm({ user, onMade }: TokenFormProps) {
  const form = useMemo(() => new MutationForm<NewToken>(newToken), []);
  const make = async () => {
    const values = form.values.peek();
    const expiresAt = expiryOf(values, Date.now());
    if (expiresAt === "") return form.refuse({ expiresAt: text("token.until.missing") }) !== null;
    const input = { name: values.name, user, scopes: values.whole ? null : values.scopes, expiresAt };
    const made = await form.send<TokenAnswer>(operations.createToken, { input });
    if (made) {
      form.empty();
      onMade(made);
    }
    return made !== null;
  };
  return (
    <SendForm form={form} label={text("token.new")} button={text("token.do")} onSend={make}>
      <TextField
        label={text("token.name")}
        hint={text("token.name.hint")}
        value={form.values.value.name}
        problem={form.problems.value.name ?? ""}
        required
        onInput={(name) => form.set("name", name)}
      />
      <Rights form={form} />
      <Expiry form={form} />
    </SendForm>
  );
}

function Rights({ form }: { form: MutationForm<NewToken> }) {
  const id = useId();
  const { whole, scopes } = form.values.value;
  const problem = form.problems.value.scopes ?? "";
  const reach = (all: boolean, label: string) => (
    <label class="tick"><input type="radio" name={id} checked={whole === all} onChange={() => form.set("whole", all)} /> {label}</label>
  );
  return (
    <fieldset class="card">
      <legend>{text("token.rights")}</legend>
      {reach(false, text("token.rights.some"))}
      {!whole && (
        <div class="scopes">
          {tokenScopes.map((scope) => (
            <label key={scope} class="tick">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                aria-invalid={problem !== ""}
                aria-describedby={problem ? `${id}-problem` : undefined}
                onChange={() => form.set("scopes", toggledScope(form.values.peek().scopes, scope))}
              />{" "}
              <span>{text(`scope.${scope}`)} <span class="muted">{text(`scope.${scope}.what`)}</span></span>
            </label>
          ))}
          <Problem id={`${id}-problem`} message={problem} />
        </div>
      )}
      {reach(true, text("token.rights.all"))}
    </fieldset>
  );
}

function Expiry({ form }: { form: MutationForm<NewToken> }) {
  const { span, expiresAt } = form.values.value;
  return (
    <div class="fields">
      <SelectField
        label={text("token.expires")}
        value={span}
        options={(Object.keys(spans) as Span[]).map((one) => [one, text(`token.span.${one}`)])}
        hint={span === "never" ? text("token.never.hint") : ""}
        problem={form.problems.value.expiresAt ?? ""}
        onChange={(value) => {
          form.set("span", value);
          form.set("expiresAt", "");
        }}
      />
      {span === "until" && (
        <div class="field"><Instant label={text("token.until")} value={expiresAt} onChange={(at) => form.set("expiresAt", at)} /></div>
      )}
    </div>
  );
}
