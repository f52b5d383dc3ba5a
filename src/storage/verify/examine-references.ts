import type pg from "pg";
import { orderKey } from "../../domain/charging/credit.ts";
import { transactionId } from "../../domain/ledger/transaction.ts";
import type { HistoryCheck } from "../../domain/verification/history-check.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import type { OrganizationRange } from "./organization-range.ts";
import { streamRows } from "./stream-rows.ts";

/** What references are compared with: the refunds that the ledger has, and which of its rows are broken. */
export type References = {
  readonly check: Pick<HistoryCheck, "isBroken" | "isWhole">;
  readonly usageRefunded: ReadonlyMap<bigint, bigint>;
  readonly purchaseRefunded: ReadonlyMap<string, bigint>;
};
type Histories = ReadonlyMap<string, References>;

// What each namespace may point to. Without its natural id, the same credit or order would count again.
const KIND_FITS = `case n.namespace when 'order' then t.kind = 'purchase'
    else t.kind in ('manual_grant', 'welcome', 'startup_grant', 'adjustment', 'usage_refund') end`;
const ID_FITS = `case n.namespace
    when 'order' then not exists (select from purchase p
      where p.org_id = n.org_id and p.transaction_seq = t.seq and p.store_id || ':' || p.order_id <> n.id)
    else n.id = t.metadata ->> 'credit_id' end`;
const NATURAL_IDS = `select coalesce(n.org_id, t.org_id), n.namespace, n.id, coalesce(n.transaction_seq, t.seq), t.seq,
    t.kind, t.metadata, ${KIND_FITS}
  from (select * from natural_id where org_id = $1 and namespace <> 'event') as n
  full join (select org_id, seq, type, kind, metadata from transaction where org_id = $1
    and session_id is null and kind not in ('purchase_refund', 'expiry') and type <> 'consumption') as t
  on t.org_id = n.org_id and t.seq = n.transaction_seq
  where n.id is null or t.seq is null or not ${KIND_FITS} or ${ID_FITS} is not true`;

/** Natural ids and transactions that don't find each other. */
export async function examineNaturalIds(
  client: pg.ClientBase,
  organizationId: string,
  { check }: References,
  onProblem: OnProblem,
): Promise<void> {
  await streamRows(client, { text: NATURAL_IDS, values: [organizationId] }, (row) => {
    const [, namespace, id, seq, found, kind, metadata, fits] = row;
    if (check.isBroken(BigInt(seq ?? 0))) return;
    const transaction = transactionId(organizationId, BigInt(seq ?? 0));
    const report = (key: string, problem: string) =>
      onProblem({ organizationId, table: "natural_id", key, problem });
    if (id === null) {
      const named = naturalIdOf(kind ?? "", metadata ?? "{}");
      return report(named, `is missing: ${transaction} would be repeatable`);
    }
    const key = `${namespace}/${id}`;
    if (found === null) return report(key, `points to ${transaction}, which is not there`);
    if (fits !== "t") return report(key, `points to ${transaction}, which is a ${kind}`);
    report(key, `points to ${transaction}, which was posted for another`);
  });
}

/** The natural id that a transaction says it was posted for. */
function naturalIdOf(kind: string, metadata: string): string {
  const { credit_id, store_id, order_id } = JSON.parse(metadata);
  if (kind === "purchase")
    return `order/${store_id === undefined ? order_id : orderKey({ storeId: store_id, orderId: order_id })}`;
  return `credit/${credit_id}`;
}

const USAGE_REFUNDS = `select u.org_id, u.transaction_seq, u.refunded, t.amount from usage_refund as u
  left join transaction as t on t.org_id = u.org_id and t.seq = u.transaction_seq
  where u.org_id >= $1 and u.org_id <= $2`;

/** What is noted as refunded of each usage transaction, against the refunds in the ledger. */
export async function examineUsageRefunds(
  client: pg.ClientBase,
  { first, last }: OrganizationRange,
  histories: Histories,
  onProblem: OnProblem,
): Promise<void> {
  const unseen = new Map(
    [...histories].map(([organizationId, { usageRefunded }]) => [organizationId, new Map(usageRefunded)]),
  );
  const report = (organizationId: string, seq: bigint, problem: string) => {
    // While transactions are broken or missing, the sum of the refunds says nothing.
    if (histories.get(organizationId)?.check.isWhole() === false) return;
    const key = transactionId(organizationId, seq);
    onProblem({ organizationId, table: "usage_refund", key, problem });
  };
  await streamRows(client, { text: USAGE_REFUNDS, values: [first, last] }, (row) => {
    const organizationId = row[0] ?? "";
    const seq = BigInt(row[1] ?? 0);
    const refunded = BigInt(row[2] ?? 0);
    const posted = unseen.get(organizationId)?.get(seq) ?? 0n;
    unseen.get(organizationId)?.delete(seq);
    if (row[3] === null) report(organizationId, seq, "refunds a transaction that is not there");
    else if (refunded !== posted)
      report(organizationId, seq, `refunded ${refunded} is not what was posted, ${posted}`);
    else if (refunded > -BigInt(row[3] ?? 0))
      report(organizationId, seq, `refunded ${refunded} is more than was charged`);
  });
  for (const [organizationId, refunds] of unseen)
    for (const [seq, posted] of refunds)
      report(organizationId, seq, `is missing, though ${posted} was refunded`);
}

const PURCHASES = `select p.org_id, p.store_id, p.order_id, p.credits, p.refunded_credits, p.transaction_seq, t.kind,
    t.amount, t.org_id, t.seq, t.metadata
  from (select * from purchase where org_id >= $1 and org_id <= $2) as p
  full join (select org_id, seq, kind, amount, metadata from transaction
    where org_id >= $1 and org_id <= $2 and type = 'topup' and kind = 'purchase') as t
  on t.org_id = p.org_id and t.seq = p.transaction_seq`;

/** Paid orders against the transactions that credited them and took credits back. */
export async function examinePurchases(
  client: pg.ClientBase,
  { first, last }: OrganizationRange,
  histories: Histories,
  onProblem: OnProblem,
): Promise<void> {
  await streamRows(client, { text: PURCHASES, values: [first, last] }, (row) => {
    const [org, storeId, orderId, bought, refundedCredits, seq, kind, amount] = row;
    const organizationId = org ?? row[8] ?? "";
    const history = histories.get(organizationId);
    if (history?.check.isBroken(BigInt(seq ?? row[9] ?? 0))) return;
    const report = (key: string, problem: string) =>
      onProblem({ organizationId, table: "purchase", key, problem });
    if (org === null) {
      const order = naturalIdOf("purchase", row[10] ?? "{}").slice("order/".length);
      return report(
        order,
        `is missing, though ${transactionId(organizationId, BigInt(row[9] ?? 0))} credited it`,
      );
    }
    const key = orderKey({ storeId: storeId ?? "", orderId: orderId ?? "" });
    const refunded = BigInt(refundedCredits ?? 0);
    const posted = history?.purchaseRefunded.get(key) ?? 0n;
    const problems: string[] = [];
    if (kind === null) problems.push(`was credited by seq ${seq}, which is no purchase`);
    else if (bought !== amount) problems.push(`credits ${bought} is not what was posted, ${amount}`);
    if (refunded !== posted && history?.check.isWhole() !== false)
      problems.push(`refunded_credits ${refunded} is not what was taken back, ${posted}`);
    if (problems.length > 0) report(key, problems.join("; "));
  });
}
