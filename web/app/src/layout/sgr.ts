import { css, indexed } from "./colour";

/** How text looks: what the SGR sequences (ECMA-48, 8.3.117) before it say. Colours are CSS, "" is the usual one. */
export interface Look {
  readonly ink: string;
  readonly ground: string;
  readonly bold: boolean;
  readonly faint: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly struck: boolean;
}

export const plain: Look = {
  ink: "", ground: "", bold: false, faint: false, italic: false, underline: false, inverse: false, struck: false,
};

/** What a code without arguments changes. */
const changes: Record<number, Partial<Look>> = {
  1: { bold: true },
  2: { faint: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { struck: true },
  21: { underline: true },
  22: { bold: false, faint: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { struck: false },
  39: { ink: "" },
  49: { ground: "" },
};

/** The look after one more SGR sequence, of which these are the parameters: "1;38;5;208". Unknown codes change nothing. */
export function apply(look: Look, parameters: string): Look {
  const items = parameters.split(";");
  for (let i = 0; i < items.length; i++) {
    const parts = items[i]!.split(":");
    const code = Number(parts[0]);
    if (code === 0) look = plain;
    else if (code === 38 || code === 48) {
      const colon = parts.length > 1;
      const [colour, used] = chosen(colon ? parts.slice(1) : items.slice(i + 1, i + 5), colon);
      if (!colon) i += used;
      if (colour) look = { ...look, [code === 38 ? "ink" : "ground"]: colour };
    } else if (code === 4 && parts[1] === "0") look = { ...look, underline: false };
    else look = { ...look, ...(changes[code] ?? sixteen(code)) };
  }
  return look;
}

/** The codes of the 16 colours. */
function sixteen(code: number): Partial<Look> {
  if (code >= 30 && code <= 37) return { ink: indexed(code - 30) };
  if (code >= 40 && code <= 47) return { ground: indexed(code - 40) };
  if (code >= 90 && code <= 97) return { ink: indexed(code - 82) };
  if (code >= 100 && code <= 107) return { ground: indexed(code - 92) };
  return {};
}

/** What follows 38 or 48: "5;n" or "2;r;g;b", with colons also "2:space:r:g:b". Gives the colour and how many parts it took. */
function chosen(parts: string[], colon: boolean): [colour: string, used: number] {
  if (parts[0] === "5") return [indexed(channel(parts[1])), 2];
  if (parts[0] !== "2") return ["", parts.length > 0 ? 1 : 0];
  const [r, g, b] = (colon && parts.length >= 5 ? parts.slice(2) : parts.slice(1)).map(channel);
  if (r === undefined || g === undefined || b === undefined || !(Math.max(r, g, b) <= 255)) return ["", 4];
  return [css(r, g, b), 4];
}

const channel = (part: string | undefined) => (part === undefined ? NaN : Number(part));
