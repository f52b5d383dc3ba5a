import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

// Every reader of PDF has these two. They cost next to nothing to measure, which an embedded font does not (0.4 ms a word),
// and their digits are of one width.
const STANDARD = { regular: "Helvetica", bold: "Helvetica-Bold" } as const;
const WEIGHTS = { regular: 400, bold: 600 } as const;
const SCRIPTS = ["latin-ext", "greek", "cyrillic"] as const;

export type Weight = keyof typeof STANDARD;
type Script = (typeof SCRIPTS)[number];

/** What the standard fonts lack, by script; loaded only where it is used. */
export function fontFiles(): { name: string; path: string }[] {
  return Object.entries(WEIGHTS).flatMap(([weight, number]) =>
    SCRIPTS.map((script) => ({
      name: `${weight} ${script}`,
      path: resolve(`@fontsource/inter/files/inter-${script}-${number}-normal.woff`),
    })),
  );
}

/** A text in pieces that one font has all characters of. What none has (Chinese, emoji) becomes "?". */
export function piecesOf(text: string, weight: Weight): { text: string; font: string }[] {
  const pieces: { text: string; font: string }[] = [];
  for (const character of text.replace(/\s/g, " ")) {
    const script = scriptOf(character);
    const font = script === "standard" || script === null ? STANDARD[weight] : `${weight} ${script}`;
    const last = pieces.at(-1);
    const shown = script === null ? "?" : character;
    if (last?.font === font) last.text += shown;
    else pieces.push({ text: shown, font });
  }
  return pieces;
}

function scriptOf(character: string): Script | "standard" | null {
  if (/[ -~\u00a0-\u00ff\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u20ac\u2122]/.test(character))
    return "standard";
  if (/[\u0100-\u017f\u0218-\u021b\u1e80-\u1e85]/.test(character)) return "latin-ext";
  if (/[\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce]/.test(character)) return "greek";
  return /[\u0401\u0410-\u044f\u0451]/.test(character) ? "cyrillic" : null;
}
