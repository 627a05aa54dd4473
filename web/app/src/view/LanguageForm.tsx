import { useMemo } from "preact/hooks";

import * as operations from "../api/operations.account";
import type { Account } from "../api/types";
import type { AccountAnswer } from "../state/account";
import { notify } from "../state/announce";
import { MutationForm } from "../state/mutationform";
import { speak } from "../state/texts";
import { text } from "../text/text";
import { SelectField } from "./SelectField";
import { SendForm } from "./SendForm";

/** The languages that the console has, by their own names. */
const names = { en: "English", zh: "中文" } as const;

/** The language that the viewer wants everywhere. The console follows at once, where it has the language. */
export function LanguageForm({ account }: { account: Account }) {
  const form = useMemo(() => new MutationForm({ locale: account.locale ?? "" }), []);
  const { locale } = form.values.value;
  const save = async () => {
    const saved = await form.send<AccountAnswer>(operations.setLocale, { locale: form.values.peek().locale });
    if (!saved) return false;
    const spoken = (Object.keys(names) as (keyof typeof names)[]).find((tag) => saved.viewer.locale?.split("-")[0] === tag);
    if (spoken) await speak(spoken).catch((failure: Error) => notify(text("app.failed", failure.message), "problem"));
    notify(text("language.saved"));
    return true;
  };
  const others = account.locale && !(account.locale in names) ? [[account.locale, account.locale] as const] : [];
  return (
    <SendForm form={form} label={text("app.language")} button={text("language.do")} onSend={save}>
      <SelectField
        label={text("app.language")}
        value={locale}
        options={[["", text("language.request")], ...Object.entries(names), ...others]}
        hint={text("language.hint")}
        problem={form.problems.value.locale ?? ""}
        onChange={(value) => form.set("locale", value)}
      />
    </SendForm>
  );
}
