import type pg from "pg";
import type { PriceVersionStore, RecordedPriceVersion } from "../application/price-ports.ts";
import { inTransaction } from "./in-transaction.ts";
import { priceVersionFromRow, readPriceBook, storedEntries } from "./price-book.ts";

/** Adds versions to the price book, and lists them with who added them and why. */
export function createPriceVersionStore(pool: pg.Pool): PriceVersionStore {
  return {
    change: (decide) =>
      inTransaction(pool, async (client) => {
        // Readers go on; a second change waits, so that numbers and dates are decided on what is really there.
        await client.query("lock table price_version in share row exclusive mode");
        const { rows } = await client.query<{ now: bigint }>(NOW);
        const { outcome, written } = decide(await readPriceBook(client), Number(rows[0]?.now));
        if (written !== null) {
          const { version, organizationId, effectiveFrom, entries, createdBy, reason } = written;
          const stored = storedEntries(entries);
          await client.query(INSERT, [version, organizationId, effectiveFrom, stored, createdBy, reason]);
        }
        return outcome;
      }),

    async list(organizationId, { limit, offset }) {
      const { rows } = await pool.query(LIST, [organizationId, limit, offset]);
      const counted = await pool.query(COUNT, [organizationId]);
      return { data: rows.map(recordedFromRow), total: Number(counted.rows[0].total) };
    },
  };
}

const NOW = "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now";

const INSERT = `insert into price_version (version, org_id, effective_from, entries, created_by, reason)
  values ($1, $2, to_timestamp($3 / 1000.0), $4, $5, $6)`;

const LIST = `select *, effective_from <= now() and coalesce(effective_until > now(), true) as is_in_force
  from (select version, org_id, effective_from, entries, created_by, created_at, reason,
      lead(effective_from) over (partition by org_id order by effective_from) as effective_until
    from price_version where $1::text is null or org_id = $1) as listed
  order by effective_from desc, version desc limit $2 offset $3`;

const COUNT = "select count(*) as total from price_version where $1::text is null or org_id = $1";

function recordedFromRow(row: pg.QueryResultRow): RecordedPriceVersion {
  return {
    ...priceVersionFromRow(row),
    effectiveUntil: row.effective_until?.getTime() ?? null,
    isInForce: row.is_in_force,
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
  };
}
