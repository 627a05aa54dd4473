/** What is wrong with each field of a form; what is wrong with the whole is under "". */
export type Problems<Field extends string = string> = Partial<Record<Field | "", string>>;

interface Refusal {
  field: string[] | null;
  message: string;
}

/** Puts each refusal beside its field. What is of a field that the form has not is wrong with the whole. */
export function placed<Field extends string>(refusals: readonly Refusal[], fields: readonly Field[]): Problems<Field> {
  const problems: Problems<Field> = {};
  for (const { field, message } of refusals) {
    const place: Field | "" = fields.find((name) => name === field?.[0]) ?? "";
    problems[place] = problems[place] ? `${problems[place]} ${message}` : message;
  }
  return problems;
}
