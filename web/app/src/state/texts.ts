import { batch } from "@preact/signals";

import { readData } from "../api/data";
import { type Texts, texts } from "../text/text";
import { type Language, language } from "./preferences";

let wanted: Language | null = null;

/** Shows the console in a language once its texts are here. Throws an Error when they cannot be had: then all stays as it is. */
export async function speak(tongue: Language): Promise<void> {
  wanted = tongue;
  const loaded = await readData<Texts>(tongue);
  // Another may have been chosen meanwhile.
  if (wanted !== tongue) return;
  batch(() => {
    texts.value = loaded;
    language.value = tongue;
  });
}
