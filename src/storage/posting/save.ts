import type { Purchase } from "../../domain/charging/command.ts";
import type { WireSession, WireStatement } from "../wire/session.ts";
import { updateAccounts } from "./account-rows.ts";
import { type Column, insertStatement, instant, type SetStatement } from "./column-arrays.ts";
import { insertSessions, updateSessions } from "./session-rows.ts";
import { deleteSpendLimits, spendAlertToJson, upsertSpendLimits } from "./spend-limit-rows.ts";
import { insertTransactions } from "./transaction-rows.ts";
import type { Changes } from "./working-set.ts";

type NewsRow = Changes["news"][number];
const newsColumns: readonly Column<NewsRow>[] = [
  { name: "org_id", type: "text", value: (row) => row.organizationId },
  { name: "seq", type: "bigint", value: (row) => row.news.seq },
  { name: "type", type: "text", value: (row) => row.news.type },
  { name: "transaction_seq", type: "bigint", value: (row) => row.news.transactionSeq },
  { name: "posted_seq", type: "bigint", value: (row) => row.news.postedSeq },
  { name: "session_id", type: "text", value: (row) => row.news.sessionId },
  { name: "balance", type: "bigint", value: (row) => row.news.balance },
  { name: "held", type: "bigint", value: (row) => row.news.held },
  {
    name: "alerts",
    type: "text",
    // An array of arrays would have to be rectangular.
    value: ({ news }) => (news.alerts.length === 0 ? null : news.alerts.join(",")),
    read: (element) => `string_to_array(${element}, ',')`,
  },
  instant("created_at", (row) => row.at),
];
const insertNews = insertStatement("outbox", newsColumns);
// Few entries tell of a spend limit, and the others are not to carry an empty column for them.
const insertSpendNews = {
  ...insertStatement<NewsRow>("outbox", [
    ...newsColumns,
    {
      name: "spend_alerts",
      type: "json",
      value: ({ news }) => JSON.stringify(news.spendAlerts.map(spendAlertToJson)),
    },
  ]),
  name: "insert_outbox_spend_alerts",
};

type NaturalRow = Changes["naturals"][number];
const insertNaturals = insertStatement<NaturalRow>("natural_id", [
  { name: "org_id", type: "text", value: (row) => row.organizationId },
  { name: "namespace", type: "text", value: (row) => row.record.namespace },
  { name: "id", type: "text", value: (row) => row.record.id },
  { name: "fingerprint", type: "text", value: (row) => row.record.fingerprint },
  { name: "transaction_seq", type: "bigint", value: (row) => row.record.transaction?.seq ?? null },
]);

type RefundRow = { organizationId: string; seq: bigint; refunded: bigint };
const upsertRefunds = insertStatement<RefundRow>(
  "usage_refund",
  [
    { name: "org_id", type: "text", value: (row) => row.organizationId },
    { name: "transaction_seq", type: "bigint", value: (row) => row.seq },
    { name: "refunded", type: "bigint", value: (row) => row.refunded },
  ],
  "on conflict (org_id, transaction_seq) do update set refunded = excluded.refunded",
);

type PurchaseRow = { organizationId: string; purchase: Purchase };
const upsertPurchases = insertStatement<PurchaseRow>(
  "purchase",
  [
    { name: "org_id", type: "text", value: (row) => row.organizationId },
    { name: "store_id", type: "text", value: (row) => row.purchase.storeId },
    { name: "order_id", type: "text", value: (row) => row.purchase.orderId },
    { name: "credits", type: "bigint", value: (row) => row.purchase.credits },
    { name: "total_minor", type: "bigint", value: (row) => row.purchase.totalMinor },
    { name: "refunded_credits", type: "bigint", value: (row) => row.purchase.refundedCredits },
    { name: "transaction_seq", type: "bigint", value: (row) => row.purchase.transactionSeq },
  ],
  "on conflict (org_id, store_id, order_id) do update set refunded_credits = excluded.refunded_credits",
);

type AnswerRow = Changes["answers"][number];
const insertAnswers = insertStatement<AnswerRow>("idempotency", [
  { name: "org_id", type: "text", value: (row) => row.organizationId },
  { name: "key", type: "text", value: (row) => row.key },
  { name: "fingerprint", type: "text", value: (row) => row.answer.fingerprint },
  { name: "status", type: "integer", value: (row) => row.answer.status },
  { name: "body", type: "text", value: (row) => row.answer.body },
]);

/** Another statement that commits together with a batch, for example the webhook inbox's row. */
export type Statement = { readonly text: string; readonly values: readonly unknown[] };

/** Writes everything a batch changed, set-based, and commits, in one network sync. */
export async function save(
  session: WireSession,
  changes: Changes,
  alongside: readonly Statement[],
): Promise<void> {
  const statements: WireStatement[] = [];
  const write = <Row>({ name, text, values }: SetStatement<Row>, rows: readonly Row[]) => {
    if (rows.length > 0) statements.push({ name, text, values: values(rows) });
  };
  for (const { statement, rows } of updateAccounts(changes.accounts.values())) write(statement, rows);
  write(insertSessions, [...changes.opened.values()]);
  for (const { statement, rows } of updateSessions(changes.moved.values())) write(statement, rows);
  write(insertTransactions, changes.transactions);
  write(
    insertNews,
    changes.news.filter(({ news }) => news.spendAlerts.length === 0),
  );
  write(
    insertSpendNews,
    changes.news.filter(({ news }) => news.spendAlerts.length > 0),
  );
  write(insertNaturals, changes.naturals);
  write(
    upsertRefunds,
    [...changes.refundables.values()].map(({ organizationId, refundable }) => ({
      organizationId,
      seq: refundable.transaction.seq,
      refunded: refundable.refunded,
    })),
  );
  write(upsertPurchases, [...changes.purchases.values()]);
  write(insertAnswers, changes.answers);
  write(deleteSpendLimits, [...changes.spendLimitsSet]);
  write(upsertSpendLimits, [...changes.spendLimits.values()]);
  for (const { text, values } of alongside) statements.push({ name: null, text, values: values.map(textOf) });
  const results = await session.exchange([...statements, COMMIT]);
  // A COMMIT inside a failed transaction succeeds with another tag.
  const tag = results.at(-1)?.tag;
  if (tag !== "COMMIT") throw new Error(`commit answered ${tag}`);
}

/** Undoes what was loaded, locked and, where a statement has failed, written. */
export async function rollback(session: WireSession): Promise<void> {
  await session.exchange([{ name: "rollback", text: "rollback", values: [] }]);
}

const COMMIT: WireStatement = { name: "commit", text: "commit", values: [] };

/** A parameter as text: what stands alongside is written for the pool's connections too. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
