/** The grounds that a log stands on (--log-ground), light and dark, as red, green and blue. */
const grounds = [[251, 251, 252], [20, 23, 29]] as const;
/** More than the 4.5 that text needs against its ground (WCAG 2.2, 1.4.3): rows that are marked have another one. */
const enough = 5.5;

type RGB = readonly [number, number, number];

/** How light a colour is, 0 to 1 (WCAG relative luminance). */
export function luminance(colour: RGB): number {
  const [r, g, b] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast of two colours, 1 to 21. */
export function contrast(a: RGB, b: RGB): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour, moved towards black or white until it can be read on the ground. */
function against(colour: RGB, ground: RGB): RGB {
  const end = luminance(ground) > 0.5 ? 0 : 255;
  for (let step = 0; step <= 20; step++) {
    const moved = colour.map((channel) => Math.round(channel + ((end - channel) * step) / 20)) as unknown as RGB;
    if (contrast(moved, ground) >= enough) return moved;
  }
  return [end, end, end];
}

/** How the colour is written on a light and on a dark ground. */
export function readable(colour: RGB): [light: RGB, dark: RGB] {
  return [against(colour, grounds[0]), against(colour, grounds[1])];
}

const known = new Map<string, string>();
/** How many colours are remembered; a line can hold thousands. */
const knownMost = 512;

/** A colour that a task chose as CSS, readable in both themes. */
export function css(r: number, g: number, b: number): string {
  const key = `${r} ${g} ${b}`;
  let value = known.get(key);
  if (value === undefined) {
    if (known.size >= knownMost) known.clear();
    const [light, dark] = readable([r, g, b]);
    known.set(key, (value = `light-dark(rgb(${light.join(" ")}), rgb(${dark.join(" ")}))`));
  }
  return value;
}

const cube = [0, 95, 135, 175, 215, 255];

/** One of the 256 colours of a terminal: the first 16 are the theme's. Any other number is "". */
export function indexed(n: number): string {
  if (!(n >= 0 && n <= 255)) return "";
  if (n < 16) return `var(--ansi-${n})`;
  if (n >= 232) return css(8 + (n - 232) * 10, 8 + (n - 232) * 10, 8 + (n - 232) * 10);
  const at = n - 16;
  return css(cube[Math.floor(at / 36)]!, cube[Math.floor(at / 6) % 6]!, cube[at % 6]!);
}
