import type { QueryClient } from "@tanstack/react-query";
import { addCredits } from "../credits.ts";
import type { HistoryPage, HistoryQuery } from "../queries.ts";
import type { List, LiveMessage, Session, Summary, Transaction } from "../records.ts";

/** The one place where live news enters what the page shows: cards, running calls, history. */
export function applyLiveMessage(client: QueryClient, message: LiveMessage): void {
  const organizationId = message.organization_id;
  client.setQueryData<Summary>(
    ["summary", organizationId],
    (summary) => summary && summaryAfter(summary, message),
  );
  const { session, transaction } = message;
  if (session) {
    client.setQueryData<List<Session>>(
      ["active-sessions", organizationId],
      (list) => list && sessionsAfter(list, session),
    );
    client.setQueryData<Session>(
      ["session", organizationId, session.id],
      (known) => known && { ...known, ...session },
    );
  }
  if (transaction) {
    const pages = client.getQueriesData<HistoryPage>({ queryKey: ["history", organizationId] });
    for (const [key, page] of pages) {
      if (page) client.setQueryData(key, historyAfter(page, key[2] as HistoryQuery, transaction));
    }
  }
}

/** The summary after a message. A transaction counts once: sequence numbers are dense, so the total is the newest one seen. */
export function summaryAfter(summary: Summary, message: LiveMessage): Summary {
  const { transaction } = message;
  const next: Summary = {
    ...summary,
    balance: message.balance,
    held: message.held,
    available: message.available,
    status: message.status,
    active_sessions: message.active_sessions ?? summary.active_sessions,
  };
  if (!transaction || transaction.seq <= summary.total_transactions) return next;
  return {
    ...next,
    total_transactions: transaction.seq,
    total_topups:
      transaction.type === "topup"
        ? addCredits(summary.total_topups, transaction.amount)
        : summary.total_topups,
    total_usage:
      transaction.type === "consumption"
        ? addCredits(summary.total_usage, -transaction.amount)
        : summary.total_usage,
  };
}

/** Running calls after one of them changed: replaced, added in front, or gone when it has ended. */
export function sessionsAfter(list: List<Session>, session: Session): List<Session> {
  const known = list.data.find((other) => other.id === session.id);
  if (session.status !== "active" && session.status !== "stale") {
    if (!known) return list;
    return { ...list, data: list.data.filter((other) => other.id !== session.id), total: list.total - 1 };
  }
  if (!known) return { ...list, data: [session, ...list.data], total: list.total + 1 };
  return {
    ...list,
    data: list.data.map((other) => (other.id === session.id ? { ...other, ...session } : other)),
  };
}

/** A history page after a new transaction: page 1 takes it on top, a later page counts it, another filter ignores it. */
export function historyAfter(page: HistoryPage, query: HistoryQuery, transaction: Transaction): HistoryPage {
  if (query.type !== "all" && query.type !== transaction.type) return page;
  const newest = page.data[0];
  if (newest && transaction.seq <= newest.seq) return page;
  const counted = { ...page, total: page.total + 1 };
  if (query.page > 1) return counted;
  return { ...counted, data: [transaction, ...page.data].slice(0, page.limit) };
}
