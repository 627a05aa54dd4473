import { type Role, roles } from "../api/types";
import type { MutationForm } from "../state/mutationform";
import { text } from "../text/text";
import { SelectField } from "./SelectField";

/** The role of a form, with what it lets a user do. */
export function RoleField<Values extends { role: Role }>({ form }: { form: MutationForm<Values> }) {
  const { role } = form.values.value;
  return (
    <SelectField
      label={text("users.role")}
      value={role}
      options={roles.map((one) => [one, text(`role.${one}`)])}
      hint={text(`role.${role}.what`)}
      problem={form.problems.value.role ?? ""}
      onChange={(value) => form.set("role", value)}
    />
  );
}
