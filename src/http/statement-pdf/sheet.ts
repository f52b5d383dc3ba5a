import { piecesOf, type Weight } from "./fonts.ts";

/** An A4 page to write on from top to bottom; a new one begins where it is full. Units are points. */
export const PAGE = { width: 595.28, height: 841.89, margin: 56, bottom: 84 } as const;
export const CONTENT_WIDTH = PAGE.width - 2 * PAGE.margin;

export type Sheet = {
  readonly document: PDFKit.PDFDocument;
  /** Where the next line goes. */
  y: number;
};

export type Style = { readonly size?: number; readonly weight?: Weight; readonly color?: string };

export const COLORS = { ink: "#1c1a27", quiet: "#6b6880", line: "#d9d7e3", brand: "#5145a0" } as const;

/** Writes one line within a column; what is too long ends in "…". */
export function write(sheet: Sheet, text: string, column: Column, style: Style = {}): void {
  const { size = 9, weight = "regular", color = COLORS.ink } = style;
  const { document } = sheet;
  const measure = (candidate: string) =>
    piecesOf(candidate, weight).reduce((total, piece) => {
      document.font(piece.font).fontSize(size);
      return total + document.widthOfString(piece.text);
    }, 0);
  const fitting = shortened(text, column.width, measure);
  let x = column.align === "right" ? column.x + column.width - measure(fitting) : column.x;
  const baseline = sheet.y + size * ASCENT; // one for all pieces, whatever their fonts are like
  for (const piece of piecesOf(fitting, weight)) {
    document.font(piece.font).fontSize(size).fillColor(color);
    document.text(piece.text, x, baseline, { lineBreak: false, baseline: "alphabetic" });
    x += document.widthOfString(piece.text);
  }
}

export type Column = { readonly x: number; readonly width: number; readonly align?: "left" | "right" };

function shortened(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${text.slice(0, middle)}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low).trimEnd()}…`;
}

export function rule(sheet: Sheet, color: string = COLORS.line): void {
  const { document, y } = sheet;
  document.moveTo(PAGE.margin, y).lineTo(PAGE.width - PAGE.margin, y);
  document.lineWidth(0.6).strokeColor(color).stroke();
}

/** Room for so much, on this page or the next one. @returns whether a new page began. */
export function makeRoom(sheet: Sheet, height: number): boolean {
  if (sheet.y + height <= PAGE.height - PAGE.bottom) return false;
  sheet.document.addPage();
  sheet.y = PAGE.margin;
  return true;
}

/** A table whose heading comes again on each page. After each page others have their turn: a call must not wait for the
 *  statement of a thousand rows. */
export async function table(
  sheet: Sheet,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const heading = () => {
    for (const column of columns) write(sheet, column.title, column, { size: 8, color: COLORS.quiet });
    sheet.y += 15;
    rule(sheet);
    sheet.y += 6;
  };
  makeRoom(sheet, 60);
  heading();
  for (const row of rows) {
    if (makeRoom(sheet, ROW_HEIGHT)) {
      await new Promise(setImmediate);
      heading();
    }
    row.forEach((cell, index) => {
      const column = columns[index];
      if (column !== undefined) write(sheet, cell, column);
    });
    sheet.y += ROW_HEIGHT;
  }
}

export type TableColumn = Column & { readonly title: string };

const ROW_HEIGHT = 16;
/** Of a font's size. */
const ASCENT = 0.76;
