import { type TokenScope, tokenScopes } from "../api/types";
import { language } from "../state/preferences";
import { text } from "./text";

/** The names of scopes, in the order in which they are always shown. */
export const scopesText = (scopes: readonly TokenScope[]): string =>
  tokenScopes.filter((scope) => scopes.includes(scope)).map((scope) => text(`scope.${scope}`)).join(language.value === "zh" ? "、" : ", ");
