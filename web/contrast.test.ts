import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** The visual specification's floors: 4.5 for text, 3 for what is not text. */
const TEXT = 4.5;
const SHAPE = 3;

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const light = tokensOf(":root");
const themes = { light, dark: { ...light, ...tokensOf(".dark") } };

const PAIRS: [front: string, back: string, least: number][] = [
  ["text", "surface", TEXT],
  ["text-2", "bg", TEXT],
  ["text-3", "surface", TEXT],
  ["text-3", "bg", TEXT],
  ["text-3", "selected", TEXT],
  ["brand", "surface", TEXT],
  ["brand-strong", "selected", TEXT],
  ["success", "surface", TEXT],
  ["success", "selected", TEXT],
  ["danger", "surface", TEXT],
  ["danger", "danger-weak", TEXT],
  ["success-text", "success-weak", TEXT],
  ["danger-text", "danger-weak", TEXT],
  ["neutral-text", "neutral-weak", TEXT],
  ["text-3", "neutral-weak", TEXT],
  ["warning-text", "warning-weak", TEXT],
  ["warning-text", "surface", TEXT],
  ["usage-number", "surface", TEXT],
  ["topups-number", "topups-from", TEXT],
  ["title-from", "bg", TEXT],
  ["title-to", "bg", TEXT],
  ["focus", "surface", SHAPE],
  ["radio-ring", "surface", SHAPE],
  ["series-base", "surface", SHAPE],
  ["series-llm", "surface", SHAPE],
  ["series-model", "surface", SHAPE],
  ["series-stt", "surface", SHAPE],
  ["series-tts", "surface", SHAPE],
  ["series-unit", "surface", SHAPE],
];

const ON_WHITE = ["add", "add-hover", "brand-solid", "balance-from", "balance-to", "count-from"];

describe.each(Object.entries(themes))("in the %s theme", (_name, tokens) => {
  test.each(PAIRS)("%s on %s can be told apart at %d or more", (front, back, least) => {
    expect(contrast(colorOf(tokens, front), colorOf(tokens, back))).toBeGreaterThanOrEqual(least);
  });

  test.each(ON_WHITE)("white text on %s can be read", (back) => {
    expect(contrast("#ffffff", colorOf(tokens, back))).toBeGreaterThanOrEqual(TEXT);
  });
});

function tokensOf(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(([, name, color]) => [name, color]),
  );
}

function colorOf(tokens: Record<string, string>, name: string): string {
  const color = tokens[name];
  if (color === undefined) throw new Error(`no token --${name}`);
  return color;
}

/** WCAG 2.2 contrast ratio of two colors. */
function contrast(first: string, second: string): number {
  const [lighter = 0, darker = 0] = [luminance(first), luminance(second)].sort((one, two) => two - one);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
