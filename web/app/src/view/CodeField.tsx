import { useId, useMemo, useRef } from "preact/hooks";

import { colouredMost, highlight, type Language } from "../layout/highlight";
import { text } from "../text/text";

interface CodeFieldProps {
  value: string;
  language: Language;
  label: string;
  onInput: (value: string) => void;
  /** The id of what is wrong with it, when something is. */
  problem?: string | undefined;
  /** How many lines are shown, at least and at most. */
  lines?: [number, number];
}

const indents: Partial<Record<Language, string>> = { python: "    " };

/** A field for code: what is written stands, coloured, behind a text area whose own letters are not seen. */
export function CodeField({ value, language, label, onInput, problem, lines = [4, 24] }: CodeFieldProps) {
  const layer = useRef<HTMLPreElement>(null);
  const leaving = useRef(false);
  const hint = useId();
  // Longer code is shown without colours: painting it twice would make writing slow.
  const layered = value.length <= colouredMost;
  const scrolled = (event: Event) => {
    const { scrollLeft, scrollTop } = event.currentTarget as HTMLTextAreaElement;
    if (layer.current) layer.current.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      leaving.current = true;
      return event.preventDefault();
    }
    const stays = event.key === "Tab" && !leaving.current && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key !== "Shift") leaving.current = false;
    if (!stays) return;
    event.preventDefault();
    insert(event.currentTarget as HTMLTextAreaElement, indents[language] ?? "  ");
  };
  return (
    <div class={`code${layered ? " is-layered" : ""}`}>
      <div class="code-back" aria-hidden="true">{layered && <pre ref={layer}><Coloured code={value} language={language} /></pre>}</div>
      <textarea
        value={value}
        rows={Math.min(lines[1], Math.max(lines[0], lineCount(value, lines[1])))}
        aria-label={label}
        aria-describedby={`${hint}${problem ? ` ${problem}` : ""}`}
        aria-invalid={problem !== undefined}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        wrap="off"
        onInput={(event) => onInput(event.currentTarget.value)}
        onScroll={scrolled}
        onKeyDown={pressed}
      />
      <span id={hint} class="code-hint">{text("submit.code.hint")}</span>
    </div>
  );
}

function Coloured({ code, language }: { code: string; language: Language }) {
  return useMemo(
    () => (
      <>
        {highlight(code, language).map(({ kind, text: piece }) => (kind ? <span class={`code-${kind}`}>{piece}</span> : piece))}
        {"\n"}
      </>
    ),
    [code, language],
  );
}

/** How many lines a text has, counted up to `most`. */
function lineCount(value: string, most: number): number {
  let n = 1;
  for (let i = value.indexOf("\n"); i >= 0 && n < most; i = value.indexOf("\n", i + 1)) n++;
  return n;
}

/** Writes at the cursor as typing does, so that it can be undone. */
function insert(area: HTMLTextAreaElement, written: string): void {
  if (document.execCommand("insertText", false, written)) return;
  area.setRangeText(written, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
