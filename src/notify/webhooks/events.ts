import { assertNever } from "../../domain/assert.ts";
import type { News } from "../../domain/charging/command.ts";
import { actionFor } from "../../domain/charging/report.ts";
import { isRunning, type Session } from "../../domain/charging/session.ts";
import type { Json } from "../../domain/ledger/canonical-json.ts";
import { type Transaction, transactionId } from "../../domain/ledger/transaction.ts";
import { type Credits, creditsToNumber, subtract } from "../../domain/money/credits.ts";
import { measureOf } from "../../domain/pricing/rate-usage.ts";
import type { WebhookEventType } from "../../domain/webhooks/event-type.ts";

/** What an entry of the outbox means to those outside: the events in it, the cause before what follows from it. Nothing is
 *  written for them when money moves; they are read off what is written anyway. Source: docs/webhooks.md. */
export function eventsOf(entry: NewsEntry, limits: BalanceLimits): WebhookEvent[] {
  const { news } = entry;
  const events: WebhookEvent[] = [...movementsOf(entry)];
  for (const alert of news.alerts) {
    const data = {
      low_balance_threshold: creditsToNumber(limits.lowBalanceThreshold),
      grace_limit: creditsToNumber(limits.graceLimit),
    };
    events.push(eventOf(entry, `credit.${alert}`, `${news.seq}/${alert}`, data));
  }
  return events;
}

export type NewsEntry = {
  readonly organizationId: string;
  readonly news: News;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly transaction: Transaction | null;
  readonly session: Session | null;
};

/** What the organization's balance is measured by. */
export type BalanceLimits = { readonly lowBalanceThreshold: Credits; readonly graceLimit: Credits };

export type WebhookEvent = {
  readonly organizationId: string;
  readonly type: WebhookEventType;
  /** Unique in the organization, and the same whenever the same event is met. */
  readonly key: string;
  /** Epoch ms. */
  readonly occurredAt: number;
  readonly data: Readonly<Record<string, Json>>;
};

function movementsOf(entry: NewsEntry): WebhookEvent[] {
  const { news, transaction, session } = entry;
  switch (news.type) {
    case "credit_added":
      if (transaction === null) return [];
      return [eventOf(entry, "credit.added", `${news.seq}`, transactionData(transaction))];
    case "session_reauthorize":
      if (session === null || !isRunning(session)) return [];
      return [eventOf(entry, "session.reauthorize", `${news.seq}`, sessionData(session))];
    // A late end is booked as an adjustment of the balance.
    case "credit_consumed":
    case "balance_updated":
      if (transaction === null || session === null) return [];
      return [eventOf(entry, "session.settled", `${news.seq}`, sessionData(session))];
    case "session_updated":
      return session === null ? [] : endOf(entry, session);
    default:
      return assertNever(news.type);
  }
}

/** A session is read as it stands now, and several entries may tell of it: the key says which of them mean one event. */
function endOf(entry: NewsEntry, session: Session): WebhookEvent[] {
  // What was posted at the end is told of by the entry of that posting.
  if (session.status === "settled" && session.transactionSeq === null)
    return [eventOf(entry, "session.settled", `${session.id}/settled`, sessionData(session))];
  const { architecture, grant, id } = session;
  if (isRunning(session) && actionFor(session, measureOf(architecture)) === "terminate")
    return [eventOf(entry, "session.terminate", `${id}/terminate/${grant.limit}`, sessionData(session))];
  return [];
}

function eventOf(
  { organizationId, news, createdAt }: NewsEntry,
  type: WebhookEventType,
  key: string,
  data: Readonly<Record<string, Json>>,
): WebhookEvent {
  return {
    organizationId,
    type,
    key: `${type}/${key}`,
    occurredAt: createdAt,
    data: {
      organization_id: organizationId,
      ...data,
      balance: creditsToNumber(news.balance),
      held: creditsToNumber(news.held),
      available: creditsToNumber(subtract(news.balance, news.held)),
    },
  };
}

function transactionData(transaction: Transaction): Readonly<Record<string, Json>> {
  return {
    transaction_id: transaction.id,
    type: transaction.type,
    kind: transaction.kind,
    amount: creditsToNumber(transaction.amount),
    description: transaction.description,
    metadata: transaction.metadata,
  };
}

function sessionData(session: Session): Readonly<Record<string, Json>> {
  const { organizationId, transactionSeq, usage } = session;
  return {
    session_id: session.id,
    agent_id: session.agentId,
    status: session.status,
    duration_seconds: Number(usage.durationMs) / 1_000,
    messages: Number(usage.messages),
    units: Number(usage.units),
    cost: creditsToNumber(session.cost),
    charged: creditsToNumber(session.charged),
    uncollected: creditsToNumber(session.uncollected),
    flags: session.flags,
    transaction_id: transactionSeq === null ? null : transactionId(organizationId, transactionSeq),
    metadata: session.metadata,
  };
}
