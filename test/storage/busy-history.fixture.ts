import {
  authorize,
  charge,
  give,
  ORIGIN,
  PIPELINE,
  report,
  settle,
} from "../../src/domain/charging/world.fixture.ts";
import { credits } from "../../src/domain/money/credits.ts";
import { NO_USAGE } from "../../src/domain/pricing/rate-usage.ts";
import { amount, type TestLedger } from "../setup/ledger.ts";

const HOUR_MS = 3_600_000;

/** Gives an organization a history with every kind of row in it, ending with two calls that run. */
export async function makeBusyHistory(ledger: TestLedger, organizationId: string): Promise<void> {
  await ledger.openAccount(organizationId, "5");
  const run = (command: Parameters<TestLedger["accept"]>[1]) => ledger.accept(organizationId, command);
  await run(give(amount("20"), "first"));
  await run(authorize("call"));
  await run(report(1, 50, "call"));
  await run(settle(210, "call"));
  await run(authorize("chat", { ...PIPELINE, architecture: "text", sessionType: "chat" }));
  await run({
    kind: "settle",
    sessionId: "chat",
    usage: { messages: 25n },
    endedAt: null,
    reason: null,
    origin: ORIGIN,
  });
  await run(authorize("cancelled"));
  await run({ kind: "cancel", sessionId: "cancelled" });
  await makeOneShots(ledger, organizationId);
  await makeLoss(ledger, organizationId);
  await run(authorize("overrun"));
  await run(settle(30_000, "overrun"));
  await run(give(amount("60"), "second"));
  await run(authorize("running"));
  await run(report(1, 55, "running"));
  await run(authorize("own", { ...PIPELINE, keyMode: "own_keys", sessionType: "telephony" }));
}

async function makeOneShots(ledger: TestLedger, organizationId: string): Promise<void> {
  const run = (command: Parameters<TestLedger["accept"]>[1]) => ledger.accept(organizationId, command);
  const { transaction } = await run(charge(60, "event"));
  await run(charge(0, "free"));
  const refund = {
    kind: "refund_usage",
    transactionId: transaction?.id ?? "",
    description: null,
    reason: "test",
    fingerprint: "f",
    origin: ORIGIN,
  } as const;
  await run({ ...refund, creditId: "refund-1", amount: amount("0.02") });
  await run({ ...refund, creditId: "refund-2", amount: amount("0.03") });
  await run(give(amount("-1"), "adjustment"));
  const order = { storeId: "1", orderId: "7" };
  await run({
    kind: "credit_purchase",
    purchase: {
      ...order,
      credits: amount("10"),
      totalMinor: 1_190n,
      refundedCredits: credits(0n),
      transactionSeq: null,
    },
    description: "Credit top-up via Lemon Squeezy - $10.00",
    metadata: { payment_method: "lemon_squeezy", order_id: "7" },
    origin: ORIGIN,
    occurredAt: 1_790_000_000_123,
  });
  await run({ kind: "refund_purchase", ...order, refundedMinor: 500n, origin: ORIGIN });
  await run({ kind: "refund_purchase", ...order, refundedMinor: 700n, origin: ORIGIN });
  await run({
    ...charge(0, "contacts"),
    kind: "charge",
    eventId: "contacts",
    subject: { ...PIPELINE, architecture: "api", unitPriceId: "contact" },
    usage: { ...NO_USAGE, units: 150n },
    description: "API usage - Batch calling - 150 contacts",
    occurredAt: null,
    fingerprint: "f",
    origin: ORIGIN,
  });
}

/** A call whose runtime went away, was settled by the sweeper, and then told its true end. */
async function makeLoss(ledger: TestLedger, organizationId: string): Promise<void> {
  await ledger.accept(organizationId, authorize("lost"));
  await ledger.accept(organizationId, report(1, 30, "lost"));
  ledger.clock.aheadMs += HOUR_MS;
  await ledger.accept(organizationId, { kind: "expire", sessionId: "lost" });
  await ledger.accept(organizationId, settle(90, "lost"));
}
