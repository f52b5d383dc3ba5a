import type pg from "pg";
import { parseRate, type Rate } from "../domain/money/exact.ts";
import {
  FIRST_PRICES,
  hasVersions,
  newestVersion,
  type PinnedPrices,
  type PriceBook,
  type PriceEntry,
  type PriceVersion,
} from "../domain/pricing/price-book.ts";
import type { PriceSource } from "./posting/engine.ts";

/** The price book in the database. Versions are only ever added, so a copy in memory can be behind but not wrong. */

/** The price book of a process. A copy in memory that is read anew when somebody finds a version which it lacks. */
export type OpenPriceBook = PriceSource & {
  /** With every version that is committed by now, and the time (epoch ms) by which they come into force. */
  newest(): Promise<PricesNow>;
  /** With the versions that these sessions pinned: another process may have opened them with a newer one. */
  knowing(sessions: readonly PinnedPrices[]): Promise<PriceBook>;
};

/** The price book, and the database's clock: charging goes by it, so whoever tells prices must too. */
export type PricesNow = { readonly book: PriceBook; readonly now: number };

/** Reads the price book once, so that `current()` has an answer from the start. */
export async function openPriceBook(pool: pg.Pool): Promise<OpenPriceBook> {
  let book = await readPriceBook(pool);
  const reload = async () => {
    const read = await readPriceBook(pool);
    // Of two readings under way at once, the older one may come in last.
    if (newestVersion(read) >= newestVersion(book)) book = read;
  };
  return {
    current: () => book,
    reload,
    async newest() {
      const { rows } = await pool.query(NEWEST);
      if (newestVersion(book) < rows[0].version) await reload();
      return { book, now: Number(rows[0].now) };
    },
    async knowing(sessions) {
      if (!sessions.every((session) => hasVersions(book, session))) await reload();
      return book;
    },
  };
}

const NEWEST = `select max(version) as version,
    floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now from price_version`;

/** Puts brief.md's prices in as version 1, in force since before the first organization, unless there are prices already. */
export async function addFirstPrices(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into price_version (version, org_id, effective_from, entries, created_by)
     values (1, null, '2020-01-01T00:00:00Z', $1, 'airtime') on conflict (version) do nothing`,
    [storedEntries(FIRST_PRICES)],
  );
}

/** Every version, as the given connection's transaction sees them. */
export async function readPriceBook(reader: pg.Pool | pg.ClientBase): Promise<PriceBook> {
  const { rows } = await reader.query(
    "select version, org_id, effective_from, entries from price_version order by version",
  );
  return {
    versions: rows.map(priceVersionFromRow),
  };
}

/** Parses a row's version, org_id, effective_from and entries. */
export function priceVersionFromRow(row: pg.QueryResultRow): PriceVersion {
  return {
    version: row.version,
    organizationId: row.org_id,
    effectiveFrom: row.effective_from.getTime(),
    entries: row.entries.map(parsedEntry),
  };
}

/** Entries as the table keeps them: JSON text. */
export function storedEntries(entries: readonly PriceEntry[]): string {
  return JSON.stringify(entries.map(storedEntry));
}

/** Rates are stored as decimal text: a JSON number would be read as a float. */
type StoredEntry = Omit<PriceEntry, "rate"> & { readonly rate: string };

function storedEntry(entry: PriceEntry): StoredEntry {
  return { ...entry, rate: decimal(entry.rate) };
}

function parsedEntry(entry: StoredEntry): PriceEntry {
  const rate = parseRate(entry.rate);
  if (rate === null) throw new Error(`the price book holds a rate that is none: ${entry.rate}`);
  return { ...entry, rate };
}

function decimal(rate: Rate): string {
  const digits = String(rate).padStart(11, "0");
  return `${digits.slice(0, -10)}.${digits.slice(-10)}`;
}
