import type { News } from "../../domain/charging/command.ts";
import type { Session } from "../../domain/charging/session.ts";
import type { BalanceStatus } from "../../domain/ledger/account.ts";
import type { Transaction } from "../../domain/ledger/transaction.ts";
import { creditsToNumber, subtract } from "../../domain/money/credits.ts";
import type { LiveMessage, NewsPages } from "./channel.ts";

/** The outbox as pages of messages in the contract's shape.
 *  @param views what a transaction and a session look like outside. When one fails its message goes without it: the
 *  balance must not wait for a detail, and one bad row must not stop all that follow. */
export function createNewsPages(
  outbox: Outbox,
  views: NewsViews,
  onFault: (error: unknown) => void,
): NewsPages {
  async function view<Item>(
    item: Item | null,
    show: (item: Item) => Promise<object>,
  ): Promise<object | null> {
    if (item === null) return null;
    try {
      return await show(item);
    } catch (error) {
      onFault(error);
      return null;
    }
  }
  return {
    pageMax: PAGE_MAX,
    async read(organizationId, afterSeq) {
      const entries = await outbox.read(organizationId, afterSeq, PAGE_MAX);
      return Promise.all(
        entries.map(async (entry) =>
          messageOf(
            entry,
            await view(entry.transaction, views.transaction),
            await view(entry.session, views.session),
          ),
        ),
      );
    },
  };
}

export type NewsViews = {
  transaction(transaction: Transaction): Promise<object>;
  session(session: Session): Promise<object>;
};

export type Outbox = {
  /** The oldest entries after a number, in order. */
  read(organizationId: string, afterSeq: bigint, limit: number): Promise<readonly NewsEntry[]>;
};

export type NewsEntry = {
  readonly organizationId: string;
  readonly news: News;
  readonly status: BalanceStatus;
  readonly activeSessions: number | null;
  readonly createdAt: number;
  readonly transaction: Transaction | null;
  readonly session: Session | null;
};

const PAGE_MAX = 500;

function messageOf(entry: NewsEntry, transaction: object | null, session: object | null): LiveMessage {
  const { news, organizationId, status, activeSessions, createdAt } = entry;
  const message = {
    // The stream has four types: what a session may do now is in the session.
    type: news.type === "session_reauthorize" ? "session_updated" : news.type,
    organization_id: organizationId,
    seq: Number(news.seq),
    balance: creditsToNumber(news.balance),
    held: creditsToNumber(news.held),
    available: creditsToNumber(subtract(news.balance, news.held)),
    status,
    ...(activeSessions === null ? {} : { active_sessions: activeSessions }),
    ...(transaction === null ? {} : { transaction }),
    ...(session === null ? {} : { session }),
    created_at: new Date(createdAt).toISOString(),
  };
  return { seq: news.seq, text: JSON.stringify(message) };
}
