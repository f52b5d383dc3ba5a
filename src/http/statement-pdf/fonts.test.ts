import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { fontFiles, piecesOf } from "./fonts.ts";

test("a text is cut where its script changes, and what no font has becomes a question mark", () => {
  expect(piecesOf("Größe – Łódź", "regular")).toEqual([
    { text: "Größe – ", font: "Helvetica" },
    { text: "Ł", font: "regular latin-ext" },
    { text: "ód", font: "Helvetica" },
    { text: "ź", font: "regular latin-ext" },
  ]);
  expect(piecesOf("Да Ώρα 日😀\n", "bold")).toEqual([
    { text: "Да", font: "bold cyrillic" },
    { text: " ", font: "Helvetica-Bold" },
    { text: "Ώρα", font: "bold greek" },
    { text: " ?? ", font: "Helvetica-Bold" },
  ]);
  expect(piecesOf("", "bold")).toEqual([]);
});

test("every font is installed", () => {
  expect(fontFiles().filter(({ path }) => !existsSync(path))).toEqual([]);
});
