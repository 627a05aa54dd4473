import { language } from "../state/preferences";

/** A count as the reader writes numbers: "10,000+" when there may be more. */
export const countText = (count: number, exact: boolean): string =>
  count.toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB") + (exact ? "" : "+");
