import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
export type Language = "en" | "zh";

/** A choice that the browser remembers; where it may not, it lasts as long as the page. */
function remembered<T extends string>(key: string, allowed: readonly T[], otherwise: () => T) {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(key);
  } catch {
    // Storage is switched off.
  }
  const choice = signal<T>(allowed.find((value) => value === stored) ?? otherwise());
  let first = true;
  effect(() => {
    const value = choice.value;
    if (first) {
      first = false;
      return;
    }
    try {
      localStorage.setItem(key, value);
    } catch {
      // As above.
    }
  });
  return choice;
}

export const theme = remembered<Theme>("stepcast.theme", ["system", "light", "dark"], () => "system");

/** The language that is shown; state/texts.ts changes it. */
export const language = remembered<Language>("stepcast.language", ["en", "zh"], () =>
  navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag))?.toLowerCase().startsWith("zh") ? "zh" : "en",
);

effect(() => {
  const root = document.documentElement;
  if (theme.value === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme.value;
});

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-Hans" : "en";
});
