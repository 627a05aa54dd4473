/** What stands for a character: the picture of a control character, else its number. */
export function signOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

// Control characters other than tabs and ends of lines, and those that turn around what follows.
// Joiners and direction marks are left: people write with them.
const acting = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)/g;

/** A text of somebody else as it can be read: signs stand for what would act on it, or on what is beside it. */
export const readable = (text: string): string => text.replace(acting, signOf);
