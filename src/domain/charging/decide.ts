import { assertNever, invariant } from "../assert.ts";
import { withGraceInForce } from "../ledger/account.ts";
import type { TransactionType } from "../ledger/transaction.ts";
import { type Alert, alertsOf } from "../policy/alert.ts";
import { authorize } from "./authorize.ts";
import { cancel } from "./cancel.ts";
import { charge } from "./charge.ts";
import {
  type Accepted,
  accept,
  type Command,
  type Context,
  type Decision,
  type Facts,
  type News,
} from "./command.ts";
import { addCredit, creditPurchase, refundPurchase, refundUsage } from "./credit.ts";
import { expire } from "./expire.ts";
import { sessionsToReauthorize } from "./reauthorize.ts";
import { report } from "./report.ts";
import { setSpendLimits } from "./set-spend-limits.ts";
import { settle } from "./settle.ts";
import { spendChangeOf } from "./spending.ts";

/** Decides one command: the only place where a balance, a hold or a session's state changes.
 *  Pure: equal facts, command and context give an equal decision, so a history can be replayed.
 *  Promise: usage never takes `balance - held` below `-graceLimit`, nor a spend limit's count above the limit; a refusal
 *  changes nothing. */
export function decide(facts: Facts, command: Command, context: Context): Decision {
  const decision = carryOut(facts, command, context);
  if (decision.kind === "refused") return decision;
  const bounded = withGraceInForce(decision.account);
  const { state, alerts } = alertsOf(facts.account, bounded);
  const account = state === bounded.alertState ? bounded : { ...bounded, alertState: state };
  const { limits: spendLimits, alerts: spendAlerts } = spendChangeOf(facts, command, decision, context.now);
  const checked = withNews(facts, { ...decision, account, spendLimits, spendAlerts }, alerts);
  assertFloor(facts, command, checked);
  return checked;
}

function carryOut(facts: Facts, command: Command, context: Context): Decision {
  switch (command.kind) {
    case "authorize":
      return authorize(facts, command, context);
    case "report":
      return report(facts, command, context);
    case "settle":
      return settle(facts, command, context);
    case "cancel":
      return cancel(facts, command, context);
    case "expire":
      return expire(facts, command, context);
    case "charge":
      return charge(facts, command, context);
    case "add_credit":
      return addCredit(facts, command, context);
    case "refund_usage":
      return refundUsage(facts, command, context);
    case "credit_purchase":
      return creditPurchase(facts, command, context);
    case "refund_purchase":
      return refundPurchase(facts, command, context);
    case "set_policy":
      return accept(facts, { account: setPolicy(facts, command.policy, context.now) });
    case "set_spend_limits":
      return setSpendLimits(facts, command, context);
    default:
      return assertNever(command);
  }
}

function setPolicy(facts: Facts, policy: (Command & { kind: "set_policy" })["policy"], now: number) {
  return {
    ...facts.account,
    graceLimitSet: policy.graceLimit ?? facts.account.graceLimitSet,
    lowBalanceThreshold: policy.lowBalanceThreshold ?? facts.account.lowBalanceThreshold,
    updatedAt: now,
  };
}

/** One piece of news per transaction, else one for a session or account whose visible state moved; then one per session
 *  that more credit or grace lets go on. The last one tells of the alerts. */
function withNews(facts: Facts, decision: Accepted, alerts: readonly Alert[]): Accepted {
  const items = newsItems(facts, decision);
  if (items.length === 0) return decision;
  const { newsSeq, seq, balance, held } = decision.account;
  const news = items.map(
    ({ type, transactionSeq, sessionId }, index): News => ({
      seq: newsSeq + BigInt(index + 1),
      type,
      transactionSeq,
      postedSeq: transactionSeq ?? seq,
      sessionId,
      balance,
      held,
      alerts: index === items.length - 1 ? alerts : NONE,
      spendAlerts: index === items.length - 1 ? decision.spendAlerts : NONE,
    }),
  );
  return { ...decision, news, account: { ...decision.account, newsSeq: newsSeq + BigInt(news.length) } };
}

type NewsItem = Pick<News, "type" | "transactionSeq" | "sessionId">;
const NONE: readonly never[] = [];

function newsItems(facts: Facts, decision: Accepted): NewsItem[] {
  const { account, posted, session } = decision;
  const items = posted.map(
    ({ type, amount, seq, sessionId }): NewsItem => ({
      type: typeOfNews(type, amount),
      transactionSeq: seq,
      sessionId,
    }),
  );
  if (items.length === 0 && session !== null && sessionMoved(facts, decision)) {
    items.push({ type: "session_updated", transactionSeq: null, sessionId: session.id });
  }
  if (items.length === 0 && account !== facts.account) {
    items.push({ type: "balance_updated", transactionSeq: null, sessionId: null });
  }
  for (const sessionId of sessionsToReauthorize(facts, decision)) {
    items.push({ type: "session_reauthorize", transactionSeq: null, sessionId });
  }
  return items;
}

function typeOfNews(type: TransactionType, amount: bigint): News["type"] {
  if (amount > 0n) return "credit_added";
  return type === "consumption" ? "credit_consumed" : "balance_updated";
}

/** Reports that renew nothing say nothing: the page counts on by itself between renewals. */
function sessionMoved(facts: Facts, { session }: Accepted): boolean {
  const before = facts.session;
  if (session === null || session === before) return false;
  return (
    before === null ||
    before.status !== session.status ||
    before.grant !== session.grant ||
    before.held !== session.held
  );
}

/** The promise, checked on every decision: only a purchase's refund, an adjustment or a lowered grace limit may
 *  leave the account below its floor, and no usage takes it further down. */
function assertFloor(facts: Facts, command: Command, decision: Accepted): void {
  const crossing = command.kind === "refund_purchase" || command.kind === "add_credit";
  const before = facts.account.balance - facts.account.held;
  const after = decision.account.balance - decision.account.held;
  invariant(
    crossing || after >= -decision.account.graceLimit || after >= before,
    `${command.kind} would take ${decision.account.organizationId} below its floor`,
  );
  invariant(decision.account.held >= 0n, "holds are not negative");
}
