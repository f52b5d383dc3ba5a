import type { Json } from "../../domain/ledger/canonical-json.ts";
import { credits } from "../../domain/money/credits.ts";
import type { SpendAlert, SpendLimit } from "../../domain/policy/spend-limit.ts";
import { binaryArray } from "../wire/binary-array.ts";
import { type Column, insertStatement, instant, type SetStatement } from "./column-arrays.ts";

/** The spend_limit table: a limit and its count, one row each. */

export type SpendLimitOf = { readonly organizationId: string; readonly limit: SpendLimit };

const columns: readonly Column<SpendLimitOf>[] = [
  { name: "org_id", type: "text", value: (row) => row.organizationId },
  { name: "scope", type: "text", value: ({ limit }) => limit.scope },
  { name: "subject", type: "text", value: ({ limit }) => limit.subject ?? "" },
  { name: "period", type: "text", value: ({ limit }) => limit.period },
  { name: "amount", type: "bigint", value: ({ limit }) => limit.limit },
  instant("period_start", ({ limit }) => limit.periodStart),
  { name: "spent", type: "bigint", value: ({ limit }) => limit.spent },
  { name: "held", type: "bigint", value: ({ limit }) => limit.held },
  { name: "told", type: "text", value: ({ limit }) => limit.told },
];

export const upsertSpendLimits = insertStatement(
  "spend_limit",
  columns,
  `on conflict (org_id, scope, subject, period) do update set amount = excluded.amount, period_start = excluded.period_start,
    spent = excluded.spent, held = excluded.held, told = excluded.told`,
);

/** Makes room for the limits that an Owner set in place of all others. */
export const deleteSpendLimits: SetStatement<string> = {
  name: "delete_spend_limit",
  text: "delete from spend_limit where org_id = any($1::text[])",
  values: (organizationIds) => [binaryArray("text", organizationIds, (id) => id)],
};

export const SPEND_LIMIT_COLUMNS = "org_id, scope, subject, period, amount, period_start, spent, held, told";

export type SpendLimitRow = Pick<SpendLimit, "scope" | "period" | "told"> & {
  org_id: string;
  subject: string;
  amount: bigint;
  period_start: Date;
  spent: bigint;
  held: bigint;
};

export function spendLimitFromRow(row: SpendLimitRow): SpendLimit {
  return {
    scope: row.scope,
    subject: row.subject === "" ? null : row.subject,
    period: row.period,
    limit: credits(row.amount),
    periodStart: row.period_start.getTime(),
    spent: credits(row.spent),
    held: credits(row.held),
    told: row.told,
  };
}

/** An alert as an outbox entry keeps it: JSON has no word for bigint. */
export function spendAlertToJson({ limit, spent, held, ...alert }: SpendAlert): Json {
  return { ...alert, limit: String(limit), spent: String(spent), held: String(held) };
}

export type SpendAlertJson = Omit<SpendAlert, "limit" | "spent" | "held"> & {
  limit: string;
  spent: string;
  held: string;
};

export function spendAlertFromJson({ limit, spent, held, ...alert }: SpendAlertJson): SpendAlert {
  const amount = (text: string) => credits(BigInt(text));
  return { ...alert, limit: amount(limit), spent: amount(spent), held: amount(held) };
}
