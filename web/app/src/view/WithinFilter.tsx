import { useState } from "preact/hooks";

import { type ListQuery, narrowed, spans, type Within } from "../layout/listquery";
import { text } from "../text/text";
import { Instant } from "./Instant";

interface WithinFilterProps {
  query: ListQuery;
  onChange: (query: ListQuery) => void;
}

/** When tasks were submitted: within a span until now, or between two instants. */
export function WithinFilter({ query, onChange }: WithinFilterProps) {
  const [asked, setAsked] = useState(false);
  const range = !query.within && (asked || query.from !== "" || query.to !== "");
  const choose = (value: string) => {
    setAsked(value === "range");
    if (value === "range") onChange(narrowed(query, { within: "" }));
    else onChange(narrowed(query, { within: value as Within, from: "", to: "" }));
  };
  return (
    <>
      <select aria-label={text("list.within")} value={range ? "range" : query.within} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{text("list.within.any")}</option>
        {Object.keys(spans).map((span) => <option key={span} value={span}>{text(`list.within.${span as keyof typeof spans}`)}</option>)}
        <option value="range">{text("list.within.range")}</option>
      </select>
      {range && <Instant label={text("list.from")} value={query.from} onChange={(from) => onChange(narrowed(query, { from }))} />}
      {range && <Instant label={text("list.to")} value={query.to} onChange={(to) => onChange(narrowed(query, { to }))} />}
    </>
  );
}
