import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Command } from "../../src/domain/charging/command.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";

const ORGANIZATIONS = 60;
const EVENTS = 10;

const origin = { actor: null, sealedIp: null };

const credit = (): Command => ({
  kind: "add_credit",
  creditId: "start",
  creditKind: "manual_grant",
  amount: amount("10"),
  description: null,
  reason: null,
  fingerprint: "start",
  origin,
});

const charge = (event: number): Command => ({
  kind: "charge",
  eventId: `event ${event}`,
  subject: {
    agentId: "agent",
    agentName: null,
    architecture: "text",
    sessionType: "chat",
    keyMode: "platform_keys",
    llmModel: "gpt-4o-mini",
    sttProvider: null,
    ttsProvider: null,
    realtimeModel: null,
    userId: null,
    metadata: {},
  },
  usage: { durationMs: 0n, messages: 5n, units: 0n },
  description: null,
  occurredAt: null,
  fingerprint: "same",
  origin,
});

/** How many organizations each database transaction wrote to, the largest. */
async function organizationsInOneTransaction({ pool }: TestLedger): Promise<number> {
  const { rows } = await pool.query(
    `select max(organizations)::integer as most
     from (select count(distinct org_id) as organizations from transaction group by xmin::text) as each_transaction`,
  );
  return rows[0].most;
}

describe.each([
  { name: "any number of organizations in a transaction", settings: { organizationsPerTransaction: 1_000 } },
  { name: "one organization in a transaction", settings: { organizationsPerTransaction: 1 } },
])("$name", ({ settings }) => {
  let ledger: TestLedger;

  beforeAll(async () => {
    ledger = await openTestLedger(settings);
    const ids = Array.from({ length: ORGANIZATIONS }, (_, n) => `org_${n}`);
    for (const id of ids) await ledger.openAccount(id, "5");
    await Promise.all(ids.map((id) => ledger.accept(id, credit())));
    const events = Array.from({ length: EVENTS }, (_, n) => n);
    // Each event twice, so that the second finds the first in its own batch or in an earlier one.
    await Promise.all([...events, ...events].flatMap((n) => ids.map((id) => ledger.accept(id, charge(n)))));
  });

  afterAll(() => ledger.close());

  test("every event is charged once and the books verify", async () => {
    const { rows } = await ledger.pool.query(
      "select count(*)::integer as accounts, min(balance) as least, max(balance) as most from account where seq = $1",
      [EVENTS + 1],
    );
    const left = amount("9.95");
    expect(rows).toEqual([{ accounts: ORGANIZATIONS, least: left, most: left }]);
    expect(await ledger.verify()).toMatchObject({ kind: "verified", problemCount: 0 });
  });

  test("its transactions are as wide as they may be", async () => {
    const most = await organizationsInOneTransaction(ledger);
    if (settings.organizationsPerTransaction === 1) expect(most).toBe(1);
    else expect(most).toBeGreaterThan(1);
  });
});
