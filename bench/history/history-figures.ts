import type { OrganizationDatabases } from "../../src/storage/organization-database.ts";
import { exportTransactions } from "../../src/storage/reading/export-transactions.ts";
import type { BenchContext } from "../context.ts";
import { type Figure, figureOf, plainFigure } from "../figure.ts";
import { createRandom } from "../random.ts";
import { median, type Pair, summarizeLatencies } from "../statistics.ts";
import { type Explained, explainReading } from "./explain.ts";
import { type HistoryDatabases, ORGANIZATION, openHistoryDatabases } from "./history-databases.ts";
import {
  existingAccount,
  pageReadings,
  pointReadings,
  type Reading,
  seriesReadings,
  timeReading,
} from "./readings.ts";

/** What is read of a large history beside the same of 1,000 rows, with what PostgreSQL does for it. */
export async function measureHistory(context: BenchContext): Promise<Figure[]> {
  const { plan, progress } = context;
  progress(`history: making ${plan.historyRows.toLocaleString("en")} rows`);
  const databases = await openHistoryDatabases(context);
  try {
    progress(`history: made ${Math.round(databases.fillRate).toLocaleString("en")} rows a second; reading`);
    const pages = await measureAll(databases, pageReadings, plan.readings);
    const points = await measureAll(databases, pointReadings, plan.readings);
    progress("history: reading series and exporting");
    const series = await measureAll(databases, seriesReadings, Math.min(SERIES_READINGS, plan.readings));
    return [
      pageFigure(pages),
      databaseFigure(pages),
      ...[...points, ...series].map(comparedFigure),
      await exportFigure(databases.large),
      ...(await othersFigure(databases)),
    ];
  } finally {
    await databases.close();
  }
}

/** A chart takes a hundred times as long as a page. */
const SERIES_READINGS = 15;

type Measured = {
  readonly name: string;
  readonly pair: Pair;
  readonly explained: readonly Explained[];
};

async function measureAll(
  { large, small, prices }: HistoryDatabases,
  readingsOf: (...input: Parameters<typeof pointReadings>) => Reading[],
  times: number,
): Promise<Measured[]> {
  const readingsOfSmall = readingsOf(await existingAccount(small, ORGANIZATION), prices);
  const measured: Measured[] = [];
  for (const [index, reading] of readingsOf(await existingAccount(large, ORGANIZATION), prices).entries()) {
    const same = readingsOfSmall[index];
    if (same === undefined) throw new Error("both histories have the same readings");
    const taken: { large: number[]; small: number[] } = { large: [], small: [] };
    for (let time = 0; time < times; time += 1) {
      // They take turns, so that what disturbs one disturbs the other.
      taken.small.push(await timeReading(small, same));
      taken.large.push(await timeReading(large, reading));
    }
    measured.push({
      name: reading.name,
      pair: { value: median(taken.large), baseline: median(taken.small) },
      explained: await explainReading(large, reading),
    });
  }
  return measured;
}

/** The page that grew most stands for all. */
function pageFigure(pages: readonly Measured[]): Figure {
  const [worst] = [...pages].sort((one, other) => ratioOf(other) - ratioOf(one));
  if (worst === undefined) throw new Error("no page was read");
  const all = pages.map(({ name, pair }) => `${name} ${pair.value.toFixed(2)} ms`);
  return figureOf({
    name: "history.page/1k",
    unit: "ms",
    baselineName: "the same page of a history of 1,000 rows",
    rounds: [worst.pair],
    bar: { of: "ratio", most: 2 },
    note: `${worst.name} grew most. ${all.join(", ")}`,
  });
}

/** The slowest page as a connection executes it that has never read one: the plan is made for these very values. */
function databaseFigure(pages: readonly Measured[]): Figure {
  const databaseMs = ({ explained }: Measured) => sumOf(explained, ({ ms }) => ms);
  return plainFigure({
    name: "history.page.in_database",
    value: Math.max(...pages.map(databaseMs)),
    unit: "ms",
    bar: { of: "value", most: 5 },
    note: pages.map(({ name, explained }) => `${name}: ${planText(explained)}`).join("; "),
  });
}

function comparedFigure({ name, pair, explained }: Measured): Figure {
  return figureOf({
    name: `${figureName(name)}/1k`,
    unit: "ms",
    baselineName: "the same of a history of 1,000 rows",
    rounds: [pair],
    note: planText(explained),
  });
}

const EXPORT_ROWS = 200_000;

/** Reads the oldest transactions as an export does. */
async function exportFigure(databases: OrganizationDatabases): Promise<Figure> {
  const startedAt = performance.now();
  const rows = await readExport(databases, EXPORT_ROWS);
  const seconds = (performance.now() - startedAt) / 1_000;
  const explained = await explainReading(databases, {
    name: "export",
    read: (reader) => readExport(reader, 1),
  });
  return plainFigure({
    name: "history.export",
    value: rows / seconds,
    unit: "transactions/s",
    note: `a part of it: ${planText(explained)}`,
  });
}

/** @returns how many there were, at most `rowsMax`. */
async function readExport(databases: OrganizationDatabases, rowsMax: number): Promise<number> {
  const wanted = { from: 0, until: null, type: null, afterSeq: 0n };
  let rows = 0;
  for await (const _ of exportTransactions(databases.of(ORGANIZATION), wanted)) {
    rows += 1;
    if (rows === rowsMax) return rows;
  }
  if (rows === 0) throw new Error("nothing was exported");
  return rows;
}

const ORGANIZATIONS_READ = 500;

/** First pages of organizations taken at random: none of them was read before. */
async function othersFigure({ large, others }: HistoryDatabases): Promise<Figure[]> {
  const random = createRandom(5);
  const taken: number[] = [];
  for (let count = 0; count < ORGANIZATIONS_READ; count += 1) {
    const organizationId = others[Math.floor(random() * others.length)];
    if (organizationId === undefined) return [];
    const [first] = pageReadings(await existingAccount(large, organizationId));
    if (first !== undefined) taken.push(await timeReading(large, first));
  }
  const { p50, p99 } = summarizeLatencies(taken);
  const note = `${others.length.toLocaleString("en")} organizations in the same tables; p99 ${p99.toFixed(2)} ms`;
  return [plainFigure({ name: "history.page.of_many_organizations", value: p50, unit: "ms", note })];
}

function planText(explained: readonly Explained[]): string {
  const accesses = [...new Set(explained.flatMap((statement) => statement.accesses))].join(", ");
  const blocks = sumOf(explained, (statement) => statement.blocks);
  return `${accesses} (${blocks.toLocaleString("en")} blocks)`;
}

function ratioOf({ pair }: Measured): number {
  return pair.value / pair.baseline;
}

function sumOf<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

function figureName(reading: string): string {
  return `history.${reading.replaceAll(" ", "_")}`;
}
