import type { Account, AccountPolicy } from "../ledger/account.ts";
import type { Json } from "../ledger/canonical-json.ts";
import type { Refusal } from "../ledger/refusal.ts";
import type { Origin, Transaction } from "../ledger/transaction.ts";
import type { Credits } from "../money/credits.ts";
import type { Alert } from "../policy/alert.ts";
import type { SpendAlert, SpendKey, SpendLimit, SpendMeter, SpendRule } from "../policy/spend-limit.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import type { Usage } from "../pricing/rate-usage.ts";
import type { Session, SessionSubject } from "./session.ts";

/** Everything that changes a balance or a hold is one of these, on one organization's account. */
export type Command =
  | {
      readonly kind: "authorize";
      readonly sessionId: string;
      readonly subject: SessionSubject;
      readonly fingerprint: string;
      readonly origin: Origin;
    }
  | { readonly kind: "report"; readonly sessionId: string; readonly seq: bigint; readonly usage: UsageTotals }
  | {
      readonly kind: "settle";
      readonly sessionId: string;
      readonly usage: UsageTotals;
      /** Epoch ms by the runtime's clock, for the record. */
      readonly endedAt: number | null;
      readonly reason: string | null;
      readonly origin: Origin;
    }
  | { readonly kind: "cancel"; readonly sessionId: string }
  | { readonly kind: "expire"; readonly sessionId: string }
  | {
      readonly kind: "charge";
      readonly eventId: string;
      readonly subject: SessionSubject;
      readonly usage: Usage;
      readonly description: string | null;
      readonly occurredAt: number | null;
      readonly fingerprint: string;
      readonly origin: Origin;
    }
  | {
      readonly kind: "add_credit";
      readonly creditId: string;
      readonly creditKind: "manual_grant" | "welcome" | "startup_grant" | "adjustment";
      readonly amount: Credits;
      readonly description: string | null;
      readonly reason: string | null;
      readonly fingerprint: string;
      readonly origin: Origin;
    }
  | {
      readonly kind: "refund_usage";
      readonly creditId: string;
      readonly transactionId: string;
      readonly amount: Credits;
      readonly description: string | null;
      readonly reason: string | null;
      readonly fingerprint: string;
      readonly origin: Origin;
    }
  | {
      readonly kind: "credit_purchase";
      readonly purchase: Purchase;
      readonly description: string;
      readonly metadata: Readonly<Record<string, Json>>;
      readonly origin: Origin;
      readonly occurredAt: number | null;
    }
  | {
      readonly kind: "refund_purchase";
      readonly storeId: string;
      readonly orderId: string;
      /** Cumulative, in the order currency's minor units. */
      readonly refundedMinor: bigint;
      /** The number the buyer knows the order by; ends the description. */
      readonly orderNumber?: number;
      readonly origin: Origin;
    }
  | { readonly kind: "set_policy"; readonly policy: Partial<AccountPolicy> }
  /** Sets these limits in place of all others. */
  | {
      readonly kind: "set_spend_limits";
      readonly rules: readonly SpendRule[];
      /** What was used before, counted beforehand, so that little is left to count under the account's lock. */
      readonly counted: CountedSpending | null;
    };

/** What was posted under some keys up to, and including, a transaction. */
export type CountedSpending = {
  readonly throughSeq: bigint;
  readonly spent: readonly (SpendKey & Pick<SpendMeter, "periodStart" | "spent">)[];
};

/** Totals since the start, as far as the runtime sent them. */
export type UsageTotals = Partial<Usage>;

/** A paid order: what it credited, and what has been taken back since. */
export type Purchase = {
  readonly storeId: string;
  readonly orderId: string;
  readonly credits: Credits;
  /** What the buyer paid, tax included, in minor units of the order's currency. */
  readonly totalMinor: bigint;
  readonly refundedCredits: Credits;
  readonly transactionSeq: bigint | null;
};

/** What a natural id (event, credit or order) did earlier. */
export type NaturalRecord = {
  readonly namespace: "event" | "credit" | "order";
  readonly id: string;
  readonly fingerprint: string;
  /** Null when the event cost nothing, so that nothing was posted. */
  readonly transaction: Transaction | null;
};

/** A usage transaction and how much of it earlier refunds gave back. */
export type Refundable = { readonly transaction: Transaction; readonly refunded: Credits };

/** The facts that a command is decided on; what it does not name is null. */
export type Facts = {
  readonly account: Account;
  readonly session: Session | null;
  /** The transaction that settled `session`. */
  readonly sessionTransaction: Transaction | null;
  readonly natural: NaturalRecord | null;
  readonly refundable: Refundable | null;
  readonly purchase: Purchase | null;
  /** Running sessions on a final grant, in order of id; known to commands that may let them go on, empty for others. */
  readonly onFinalGrant: readonly string[];
  /** The organization's limits, each as it stood when something last counted against it. */
  readonly spendLimits: readonly SpendLimit[];
  /** What was used so far under each rule that the command sets; empty for other commands. */
  readonly spendMeters: readonly SpendMeter[];
};

export type Context = {
  /** Epoch ms, the database's clock. */
  readonly now: number;
  readonly prices: PriceBook;
  readonly timing: { readonly validityMs: number; readonly settleWindowMs: number };
};

/** What subscribers are told after the commit. */
export type News = {
  readonly seq: bigint;
  readonly type:
    | "credit_added"
    | "credit_consumed"
    | "balance_updated"
    | "session_updated"
    /** Credit or grace came while the session was on a final grant: its next report gets another one. */
    | "session_reauthorize";
  /** The transaction that it tells of. */
  readonly transactionSeq: bigint | null;
  /** Sequence of the last transaction that was told of so far, by this or earlier news. */
  readonly postedSeq: bigint;
  readonly sessionId: string | null;
  readonly balance: Credits;
  readonly held: Credits;
  /** What the command did to the account's alert state, mildest first; on the last entry of the command alone. */
  readonly alerts: readonly Alert[];
  /** The spend limits that the command brought near, or to, what they allow; on its last entry alone. */
  readonly spendAlerts: readonly SpendAlert[];
};

/** What an accepted command changes. A part that is the same object as in the facts did not change. */
export type Accepted = {
  readonly kind: "accepted";
  readonly account: Account;
  readonly session: Session | null;
  /** The transaction that answers the command: posted now, or the one it repeats. Null when nothing was posted. */
  readonly transaction: Transaction | null;
  /** True when the command had been carried out before, so that nothing changed. */
  readonly repeated: boolean;
  readonly posted: readonly Transaction[];
  readonly news: readonly News[];
  readonly natural: NaturalRecord | null;
  readonly refundable: Refundable | null;
  readonly purchase: Purchase | null;
  readonly spendLimits: readonly SpendLimit[];
  readonly spendAlerts: readonly SpendAlert[];
};

export type Refused = { readonly kind: "refused"; readonly refusal: Refusal };
export type Decision = Accepted | Refused;

export function refuse(refusal: Refusal): Refused {
  return { kind: "refused", refusal };
}

/** The answer that changes nothing beyond what `changes` names. */
export function accept(facts: Facts, changes: Partial<Omit<Accepted, "kind">> = {}): Accepted {
  return {
    kind: "accepted",
    account: facts.account,
    session: facts.session,
    transaction: null,
    repeated: false,
    posted: [],
    news: [],
    natural: facts.natural,
    refundable: facts.refundable,
    purchase: facts.purchase,
    spendLimits: facts.spendLimits,
    spendAlerts: [],
    ...changes,
  };
}
