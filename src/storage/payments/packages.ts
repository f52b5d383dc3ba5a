import type pg from "pg";
import type { PackageHistory } from "../../application/payment-ports.ts";
import { credits } from "../../domain/money/credits.ts";

/** What was ever on sale, and from when on. */
export function packageStatements(pool: pg.Pool): PackageHistory {
  return {
    async notePackages(storeId, packages) {
      await pool.query(NOTE, [
        storeId,
        packages.map((offer) => offer.variantId),
        packages.map((offer) => offer.name),
        packages.map((offer) => offer.credits),
        packages.map((offer) => offer.priceCents),
        packages.map((offer) => offer.currency),
      ]);
    },
    async listPackagesAt(storeId, at) {
      const { rows } = await pool.query<PackageRow>(SOLD_AT, [storeId, at]);
      return rows.map((row) => ({
        variantId: row.variant_id,
        name: row.name,
        credits: credits(row.credits),
        priceCents: Number(row.price_cents),
        currency: row.currency,
      }));
    },
  };
}

// One row for each change: a start with the same packages adds none.
const NOTE = `insert into sold_package (store_id, variant_id, name, credits, price_cents, currency)
  select $1, o.variant_id, o.name, o.credits, o.price_cents, o.currency
  from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])
    as o(variant_id, name, credits, price_cents, currency)
  left join lateral (
    select s.name, s.credits, s.price_cents, s.currency from sold_package s
    where s.store_id = $1 and s.variant_id = o.variant_id order by s.since desc limit 1
  ) as last on true
  where (last.name, last.credits, last.price_cents, last.currency)
    is distinct from (o.name, o.credits, o.price_cents, o.currency)
  on conflict do nothing`;
// The last change up to then, else the first one after: an order may be older than our word of its variant.
const SOLD_AT = `select distinct on (variant_id) variant_id, name, credits, price_cents, currency from sold_package
  where store_id = $1
  order by variant_id, since <= $2 desc, case when since <= $2 then since end desc, since`;

type PackageRow = {
  variant_id: string;
  name: string;
  credits: bigint;
  price_cents: bigint;
  currency: "USD";
};
