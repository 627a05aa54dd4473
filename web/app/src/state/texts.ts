import { effect } from "@preact/signals";

import { readData } from "../api/data";
import { type Texts, text, texts } from "../text/text";
import { notify } from "./announce";
import { type Language, language } from "./preferences";

let shown: Language | null = null;

/** Loads the texts of the language that is chosen, and from then on those of any that is chosen. Throws an Error. */
export async function startTexts(): Promise<void> {
  await show(language.peek());
  effect(() => {
    const wanted = language.value;
    show(wanted).catch((failure: Error) => {
      if (language.peek() !== wanted) return;
      notify(text("app.failed", failure.message), "problem");
      if (shown) language.value = shown;
    });
  });
}

async function show(wanted: Language): Promise<void> {
  if (wanted === shown) return;
  const loaded = await readData<Texts>(wanted);
  // Another may have been chosen meanwhile.
  if (language.peek() !== wanted) return;
  shown = wanted;
  texts.value = loaded;
  document.documentElement.lang = wanted === "zh" ? "zh-Hans" : "en";
}
