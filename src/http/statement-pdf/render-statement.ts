import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { StatementView } from "../wire/statement.ts";
import { fontFiles } from "./fonts.ts";
import { COLORS, CONTENT_WIDTH, makeRoom, PAGE, rule, type Sheet, table, write } from "./sheet.ts";

/** The statement as a PDF that can be filed: A4, with a heading, a summary, tables and numbered pages. */
export async function renderStatement(statement: StatementView, now: number): Promise<Buffer> {
  // Loaded with the first statement: most processes never write one.
  const { default: PDFDocument } = await import("pdfkit");
  const document = new PDFDocument({
    size: "A4",
    margins: { top: 0, bottom: 0, left: 0, right: 0 }, // ours are in PAGE: the library would begin pages by itself
    bufferPages: true,
    info: {
      Title: `Statement ${statement.month}, ${statement.organization_name}`,
      Author: "Airtime",
      CreationDate: new Date(now),
    },
  });
  const output = document.pipe(new PassThrough());
  const parts: Buffer[] = [];
  output.on("data", (part: Buffer) => parts.push(part));
  for (const { name, path } of fontFiles()) document.registerFont(name, path);
  const sheet: Sheet = { document, y: PAGE.margin };
  writeHeading(sheet, statement, now);
  writeSummary(sheet, statement);
  await writeUsage(sheet, statement);
  await writeEntries(sheet, statement);
  writeProof(sheet, statement);
  writeFooters(sheet, statement);
  document.end();
  await once(output, "end");
  return Buffer.concat(parts);
}

const LEFT = { x: PAGE.margin, width: CONTENT_WIDTH };
const RIGHT = { ...LEFT, align: "right" } as const;

function writeHeading(sheet: Sheet, statement: StatementView, now: number): void {
  write(sheet, "Airtime", LEFT, { size: 11, weight: "bold", color: COLORS.brand });
  write(sheet, `Issued ${day(now)}`, RIGHT, { color: COLORS.quiet });
  sheet.y += 30;
  write(sheet, "Statement of credits", LEFT, { size: 20, weight: "bold" });
  sheet.y += 28;
  const until = Date.parse(statement.to) - 1;
  const isOpen = statement.status === "open";
  const period = `${day(Date.parse(statement.from))} to ${day(until)}`;
  write(sheet, isOpen ? `${period}, not closed yet` : period, LEFT, { size: 11 });
  sheet.y += 28;
  write(sheet, statement.organization_name, LEFT, { size: 11, weight: "bold" });
  sheet.y += 16;
  write(sheet, statement.organization_id, LEFT, { color: COLORS.quiet });
  sheet.y += 30;
}

function writeSummary(sheet: Sheet, statement: StatementView): void {
  const line = (label: string, amount: number, weight: "regular" | "bold" = "regular") => {
    write(sheet, label, LEFT, { size: 10, weight });
    write(sheet, credits(amount), RIGHT, { size: 10, weight });
    sheet.y += 19;
  };
  rule(sheet, COLORS.brand);
  sheet.y += 9;
  line(`Opening balance, ${day(Date.parse(statement.from))}`, statement.opening_balance, "bold");
  line("Top-ups", statement.top_ups);
  line("Usage", statement.usage);
  line("Refunds", statement.refunds);
  line("Adjustments", statement.adjustments);
  if (statement.expiries !== 0) line("Expired credits", statement.expiries);
  rule(sheet);
  sheet.y += 9;
  const closing =
    statement.status === "open" ? "Balance so far" : `Closing balance, ${day(Date.parse(statement.to) - 1)}`;
  line(closing, statement.closing_balance, "bold");
  sheet.y += 18;
}

async function writeUsage(sheet: Sheet, { usage_by_agent }: StatementView): Promise<void> {
  if (usage_by_agent.length === 0) return;
  title(sheet, "Usage by agent");
  const rows = usage_by_agent.map((agent) => [
    agent.agent_name ?? agent.agent_id ?? "",
    count(agent.sessions),
    agent.duration_seconds === 0 ? "" : decimals(agent.duration_seconds / 60, 1),
    agent.messages === 0 ? "" : count(agent.messages),
    agent.units === 0 ? "" : count(agent.units),
    credits(agent.amount),
  ]);
  await table(
    sheet,
    columnsOf(
      ["Agent", 173],
      ["Charges", -55],
      ["Minutes", -60],
      ["Messages", -60],
      ["Units", -55],
      ["Credits", -80],
    ),
    rows,
  );
  sheet.y += 18;
}

async function writeEntries(sheet: Sheet, { entries, entries_total }: StatementView): Promise<void> {
  if (entries.length === 0) return;
  title(sheet, "Top-ups, refunds and adjustments");
  const rows = entries.map((entry) => [
    entry.created_at.slice(0, 16).replace("T", " "),
    String(entry.seq),
    entry.description,
    credits(entry.amount),
  ]);
  await table(
    sheet,
    columnsOf(["Time (UTC)", 92], ["No.", -48], ["Description", 263], ["Credits", -80]),
    rows,
  );
  const more = entries_total - entries.length;
  if (more > 0) {
    makeRoom(sheet, 16);
    write(sheet, `and ${count(more)} more, which the sums above contain`, LEFT, { color: COLORS.quiet });
    sheet.y += 16;
  }
  sheet.y += 18;
}

function writeProof(sheet: Sheet, { first_seq, last_seq, head_hash, signed_head }: StatementView): void {
  makeRoom(sheet, 100);
  rule(sheet);
  sheet.y += 9;
  const range =
    first_seq === null
      ? "No transactions in this month."
      : `Transactions ${count(first_seq)} to ${count(last_seq ?? 0)}.`;
  write(sheet, `${range} Hash of the last one, which vouches for all before it:`, LEFT, {
    size: 8,
    color: COLORS.quiet,
  });
  sheet.y += 13;
  write(sheet, head_hash, LEFT, { size: 8, color: COLORS.quiet });
  sheet.y += 13;
  if (signed_head === null) return;
  write(sheet, "Signed (docs/encryption.md says how to check it):", LEFT, { size: 8, color: COLORS.quiet });
  sheet.y += 13;
  for (const line of signed_head.trimEnd().split("\n")) {
    for (const piece of line.match(/.{1,115}/g) ?? []) {
      write(sheet, piece, LEFT, { size: 7, color: COLORS.quiet });
      sheet.y += 10;
    }
  }
}

function writeFooters({ document }: Sheet, { organization_name, month }: StatementView): void {
  const { start, count: pages } = document.bufferedPageRange();
  for (let page = 0; page < pages; page += 1) {
    document.switchToPage(start + page);
    const footer: Sheet = { document, y: PAGE.height - 48 };
    const style = { size: 8, color: COLORS.quiet };
    write(
      footer,
      `${organization_name} · ${month} · 1 credit = 1.00 USD`,
      { ...LEFT, width: CONTENT_WIDTH - 80 },
      style,
    );
    write(footer, `Page ${page + 1} of ${pages}`, RIGHT, style);
  }
}

function title(sheet: Sheet, text: string): void {
  makeRoom(sheet, 90);
  write(sheet, text, LEFT, { size: 11, weight: "bold" });
  sheet.y += 22;
}

/** Columns side by side from the left margin; a negative width is one of numbers, set to the right. */
function columnsOf(...titled: readonly (readonly [title: string, width: number])[]) {
  let x: number = PAGE.margin;
  return titled.map(([title, signed], index) => {
    const width = Math.abs(signed);
    const indent = signed > 0 && index > 0 ? GAP : 0; // what stands right of numbers must not touch them
    const column =
      signed < 0
        ? ({ title, x, width, align: "right" } as const)
        : ({ title, x: x + indent, width: width - indent - GAP, align: "left" } as const);
    x += width;
    return column;
  });
}

const GAP = 12;

const decimals = (value: number, digits: number) =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

const count = (value: number) => value.toLocaleString("en-US");

const credits = (amount: number) => decimals(amount, 4);

const day = (at: number) =>
  new Date(at).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
