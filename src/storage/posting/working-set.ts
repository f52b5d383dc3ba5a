import type {
  Accepted,
  Command,
  Facts,
  NaturalRecord,
  News,
  Purchase,
  Refundable,
} from "../../domain/charging/command.ts";
import { orderKey } from "../../domain/charging/credit.ts";
import { isImplied } from "../../domain/charging/implied-news.ts";
import { isOnFinalGrant, mayReauthorize } from "../../domain/charging/reauthorize.ts";
import type { Session } from "../../domain/charging/session.ts";
import { spendingOf } from "../../domain/charging/spending.ts";
import type { Account } from "../../domain/ledger/account.ts";
import { seqOfTransactionId, type Transaction } from "../../domain/ledger/transaction.ts";
import { metered, type SpendLimit, type SpendMeter, spendKeyOf } from "../../domain/policy/spend-limit.ts";
import type { Change } from "./column-arrays.ts";
import type { Posting } from "./transaction-rows.ts";

/** What one batch knows and changes: loaded under the accounts' locks, moved on by each decision, so that a command
 *  sees what its neighbours in the same batch did before it. */
export type WorkingSet = {
  readonly accounts: Map<string, Account>;
  readonly sessions: Map<string, Session>;
  /** The transaction that settled a session, by the session's key. */
  readonly sessionTransactions: Map<string, Transaction>;
  readonly naturals: Map<string, NaturalRecord>;
  readonly refundables: Map<string, Refundable>;
  readonly purchases: Map<string, Purchase>;
  readonly answers: Map<string, StoredAnswer>;
  /** Ids of running sessions on a final grant, for the organizations where a command may let them go on. */
  readonly onFinalGrant: Map<string, Set<string>>;
  /** Of the organizations that have limits. */
  readonly spendLimits: Map<string, readonly SpendLimit[]>;
  /** What was used so far under the rules that a command sets, by organization. */
  readonly spendMeters: Map<string, readonly SpendMeter[]>;
};

/** An answer under an Idempotency-Key. `body` is the exact text that was sent. */
export type StoredAnswer = {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
};

/** What the batch must write. */
export type Changes = {
  readonly accounts: Map<string, Change<Account>>;
  readonly opened: Map<string, Session>;
  readonly moved: Map<string, Change<Session>>;
  readonly transactions: Posting[];
  /** News to write down. */
  readonly news: { organizationId: string; news: News; at: number }[];
  /** Organizations with news of any kind. */
  readonly withNews: Set<string>;
  /** Natural ids that no transaction keeps itself. */
  readonly naturals: { organizationId: string; record: NaturalRecord }[];
  readonly refundables: Map<string, { organizationId: string; refundable: Refundable }>;
  readonly purchases: Map<string, { organizationId: string; purchase: Purchase }>;
  readonly answers: { organizationId: string; key: string; answer: StoredAnswer }[];
  readonly spendLimits: Map<string, { organizationId: string; limit: SpendLimit }>;
  /** Organizations whose limits were set: rows that are not in `spendLimits` go. */
  readonly spendLimitsSet: Set<string>;
};

export function emptyWorkingSet(): WorkingSet {
  return {
    accounts: new Map(),
    sessions: new Map(),
    sessionTransactions: new Map(),
    naturals: new Map(),
    refundables: new Map(),
    purchases: new Map(),
    answers: new Map(),
    onFinalGrant: new Map(),
    spendLimits: new Map(),
    spendMeters: new Map(),
  };
}

export function noChanges(): Changes {
  return {
    accounts: new Map(),
    opened: new Map(),
    moved: new Map(),
    transactions: [],
    news: [],
    withNews: new Set(),
    naturals: [],
    refundables: new Map(),
    purchases: new Map(),
    answers: [],
    spendLimits: new Map(),
    spendLimitsSet: new Set(),
  };
}

/** A key within an organization. Ids may contain anything but NUL, which no id can. */
export function within(organizationId: string, part: string, second?: string): string {
  return second === undefined
    ? `${organizationId}\u0000${part}`
    : `${organizationId}\u0000${part}\u0000${second}`;
}

/** What a command names besides its account. */
export type Names = {
  readonly sessionId?: string;
  readonly natural?: { readonly namespace: NaturalRecord["namespace"]; readonly id: string };
  readonly refundedTransactionId?: string;
  readonly order?: { readonly storeId: string; readonly orderId: string };
};

export function namedBy(command: Command): Names {
  switch (command.kind) {
    case "charge":
      return { natural: { namespace: "event", id: command.eventId } };
    case "add_credit":
      return { natural: { namespace: "credit", id: command.creditId } };
    case "refund_usage":
      return {
        natural: { namespace: "credit", id: command.creditId },
        refundedTransactionId: command.transactionId,
      };
    case "credit_purchase":
      return {
        natural: { namespace: "order", id: orderKey(command.purchase) },
        order: command.purchase,
      };
    case "refund_purchase":
      return { order: command };
    case "set_policy":
    case "set_spend_limits":
      return {};
    default:
      return { sessionId: command.sessionId };
  }
}

/** The facts that a command is decided on; null when its organization has no account. */
export function factsFor(set: WorkingSet, organizationId: string, command: Command): Facts | null {
  const account = set.accounts.get(organizationId);
  if (account === undefined) return null;
  const { sessionId, natural, refundedTransactionId, order } = namedBy(command);
  const session = sessionId === undefined ? null : within(organizationId, sessionId);
  const refundedSeq =
    refundedTransactionId === undefined ? null : seqOfTransactionId(organizationId, refundedTransactionId);
  return {
    account,
    session: find(set.sessions, session),
    sessionTransaction: find(set.sessionTransactions, session),
    natural: find(set.naturals, natural ? within(organizationId, natural.namespace, natural.id) : null),
    refundable: find(
      set.refundables,
      refundedSeq === null ? null : within(organizationId, String(refundedSeq)),
    ),
    purchase: find(set.purchases, order ? within(organizationId, orderKey(order)) : null),
    onFinalGrant: mayReauthorize(command) ? [...(set.onFinalGrant.get(organizationId) ?? [])].sort() : NONE,
    spendLimits: set.spendLimits.get(organizationId) ?? NONE,
    spendMeters: command.kind === "set_spend_limits" ? (set.spendMeters.get(organizationId) ?? NONE) : NONE,
  };
}

const NONE: readonly never[] = [];

function find<Fact>(facts: ReadonlyMap<string, Fact>, key: string | null): Fact | null {
  return (key === null ? undefined : facts.get(key)) ?? null;
}

/** Moves the working set on by an accepted decision and notes what to write. */
export function apply(
  set: WorkingSet,
  changes: Changes,
  facts: Facts,
  command: Command,
  accepted: Accepted,
  at: number,
): void {
  const { organizationId } = facts.account;
  if (accepted.account !== facts.account) {
    set.accounts.set(organizationId, accepted.account);
    noteChange(changes.accounts, organizationId, facts.account, accepted.account);
  }
  applySession(set, changes, facts, accepted);
  applySpendLimits(set, changes, facts, command, accepted);
  applyMeters(set, facts, command, accepted, at);
  const record = accepted.natural === facts.natural ? null : accepted.natural;
  const event = record?.namespace === "event" && record.transaction !== null ? record : null;
  for (const transaction of accepted.posted) changes.transactions.push({ transaction, event });
  for (const news of accepted.news) {
    changes.withNews.add(organizationId);
    if (!isImplied(news)) changes.news.push({ organizationId, news, at });
  }
  if (record !== null) {
    set.naturals.set(within(organizationId, record.namespace, record.id), record);
    if (event === null) changes.naturals.push({ organizationId, record });
  }
  if (accepted.refundable !== null && accepted.refundable !== facts.refundable) {
    const key = within(organizationId, String(accepted.refundable.transaction.seq));
    set.refundables.set(key, accepted.refundable);
    changes.refundables.set(key, { organizationId, refundable: accepted.refundable });
  }
  if (accepted.purchase !== null && accepted.purchase !== facts.purchase) {
    const key = within(organizationId, orderKey(accepted.purchase));
    set.purchases.set(key, accepted.purchase);
    changes.purchases.set(key, { organizationId, purchase: accepted.purchase });
  }
}

function applySession(set: WorkingSet, changes: Changes, facts: Facts, accepted: Accepted): void {
  const { session } = accepted;
  if (session === null || session === facts.session) return;
  const key = within(session.organizationId, session.id);
  // One opened in this batch is inserted in its last state; an update would not find it.
  if (facts.session === null || changes.opened.has(key)) changes.opened.set(key, session);
  else noteChange(changes.moved, key, facts.session, session);
  set.sessions.set(key, session);
  const onFinalGrant = set.onFinalGrant.get(session.organizationId);
  if (isOnFinalGrant(session)) onFinalGrant?.add(session.id);
  else onFinalGrant?.delete(session.id);
  if (accepted.transaction !== null) set.sessionTransactions.set(key, accepted.transaction);
}

function applySpendLimits(
  set: WorkingSet,
  changes: Changes,
  { account: { organizationId }, spendLimits: before }: Facts,
  command: Command,
  { spendLimits: after }: Accepted,
): void {
  if (after === before) return;
  set.spendLimits.set(organizationId, after);
  const isSet = command.kind === "set_spend_limits";
  if (isSet) {
    changes.spendLimitsSet.add(organizationId);
    for (const limit of before) changes.spendLimits.delete(within(organizationId, spendKeyOf(limit)));
  }
  after.forEach((limit, index) => {
    if (isSet || limit !== before[index])
      changes.spendLimits.set(within(organizationId, spendKeyOf(limit)), { organizationId, limit });
  });
}

/** What was used so far was read before this batch, so what its commands spend comes on top. */
function applyMeters(set: WorkingSet, facts: Facts, command: Command, accepted: Accepted, at: number): void {
  const meters = set.spendMeters.get(facts.account.organizationId);
  const spending = meters === undefined ? null : spendingOf(facts, command, accepted);
  if (meters === undefined || spending === null) return;
  set.spendMeters.set(
    facts.account.organizationId,
    meters.map((meter) => metered(meter, spending, at)),
  );
}

/** What was before is what was loaded: a change of a change keeps it. */
function noteChange<Row>(changes: Map<string, Change<Row>>, key: string, before: Row, after: Row): void {
  changes.set(key, { before: changes.get(key)?.before ?? before, after });
}
