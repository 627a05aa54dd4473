import { useMemo } from "preact/hooks";

import { MutationForm } from "../state/mutationform";
import { text } from "../text/text";
import { SendForm } from "./SendForm";
import { TextField } from "./TextField";

export interface NewPassword {
  current: string;
  password: string;
  repeated: string;
}

/** The fields of a password to set, where nobody sees what is typed. */
export function NewPasswordFields<Values extends Omit<NewPassword, "current">>({ form }: { form: MutationForm<Values> }) {
  return (["password", "repeated"] as const).map((name) => (
    <TextField
      key={name}
      label={text(`password.${name}`)}
      password
      autocomplete="new-password"
      value={form.values.value[name]}
      problem={form.problems.value[name] ?? ""}
      onInput={(value) => form.set(name, value as Values[typeof name])}
    />
  ));
}

/** Whether what was typed twice is the same; says so beside the field when it is not. */
export function isRepeated<Values extends Omit<NewPassword, "current">>(form: MutationForm<Values>): boolean {
  const { password, repeated } = form.values.peek();
  if (password === repeated) return true;
  form.refuse({ repeated: text("password.differs") } as Parameters<typeof form.refuse>[0]);
  return false;
}

interface PasswordFormProps {
  /** Whose password it is. */
  user: string;
  /** Whether the one until now must be told. */
  proven: boolean;
  /** Sends it; says whether it was taken. */
  send: (form: MutationForm<NewPassword>) => Promise<boolean>;
}

/** Sets a password. */
export function PasswordForm({ user, proven, send }: PasswordFormProps) {
  const form = useMemo(() => new MutationForm<NewPassword>({ current: "", password: "", repeated: "" }), []);
  const save = async () => {
    const taken = isRepeated(form) && (await send(form));
    if (taken) form.empty();
    return taken;
  };
  return (
    <SendForm form={form} label={text("password.title")} button={text("password.do")} onSend={save}>
      {/* Managers of passwords want to know whose it is. */}
      <input type="text" aria-label={text("users.name")} autocomplete="username" value={user} readOnly hidden />
      {proven && (
        <TextField
          label={text("password.current")}
          password
          autocomplete="current-password"
          value={form.values.value.current}
          problem={form.problems.value.current ?? ""}
          onInput={(value) => form.set("current", value)}
        />
      )}
      <NewPasswordFields form={form} />
    </SendForm>
  );
}
