import { afterAll, beforeAll, expect, test } from "vitest";
import type { Command } from "../../src/domain/charging/command.ts";
import { composeStatement, monthOf } from "../../src/domain/ledger/statement.ts";
import { credits } from "../../src/domain/money/credits.ts";
import { openPriceBook } from "../../src/storage/price-book.ts";
import { readStatement } from "../../src/storage/reading/statement.ts";
import { clearRollups, rollUp } from "../../src/storage/usage-rollups.ts";
import { acceptWith, amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger();
});

afterAll(() => ledger?.close());

const DAY_MS = 24 * 60 * 60 * 1_000;
const ORIGIN = { actor: null, sealedIp: null };

const grant = (id: string, kind: "manual_grant" | "adjustment", text: string): Command => ({
  kind: "add_credit",
  creditId: id,
  creditKind: kind,
  amount: amount(text),
  description: null,
  reason: "test",
  fingerprint: id,
  origin: ORIGIN,
});

const charge = (id: string, agentId: string, units: bigint): Command => ({
  kind: "charge",
  eventId: id,
  subject: {
    agentId,
    agentName: null,
    architecture: "api",
    sessionType: "api",
    keyMode: "platform_keys",
    llmModel: null,
    sttProvider: null,
    ttsProvider: null,
    realtimeModel: null,
    unitPriceId: null,
    userId: null,
    metadata: {},
  },
  usage: { durationMs: 0n, messages: 0n, units },
  description: null,
  occurredAt: null,
  fingerprint: id,
  origin: ORIGIN,
});

/** Twelve weeks, a few transactions each third day. */
async function fillMonths(organizationId: string): Promise<void> {
  await ledger.openAccount(organizationId, "5");
  const post = (command: Command) => acceptWith(ledger.engine, organizationId, command);
  for (let day = 0; day < 84; day += 3) {
    ledger.clock.aheadMs = day * DAY_MS;
    if (day % 12 === 0) await post(grant(`g${day}`, "manual_grant", "10.0001"));
    if (day % 15 === 6) await post(grant(`a${day}`, "adjustment", "-0.5"));
    const charged = await post(charge(`e${day}`, `agent_${day % 2}`, BigInt(day + 1)));
    await post(charge(`f${day}`, "agent_2", 2n));
    const transactionId = charged.transaction?.id;
    if (day % 21 !== 0 || transactionId === undefined) continue;
    const refund = { creditId: `r${day}`, transactionId, amount: amount("0.01") };
    await post({
      kind: "refund_usage",
      ...refund,
      description: null,
      reason: null,
      fingerprint: "",
      origin: ORIGIN,
    });
  }
}

test("each month begins where the one before ended, adds up exactly and agrees with the ledger", async () => {
  await fillMonths("acme");
  const prices = (await openPriceBook(ledger.pool)).current();
  const { rows } = await ledger.pool.query(
    `select to_char(recorded_at at time zone 'UTC', 'YYYY-MM') as month, type, count(*)::int as count,
       sum(amount)::bigint as amount, max(seq) as last
     from transaction where org_id = 'acme' group by 1, 2`,
  );
  const names = [...new Set(rows.map((row) => row.month))].sort();
  expect(names.length).toBeGreaterThanOrEqual(3);
  const read = async (name: string) => {
    const month = monthOf(name);
    const facts = month && (await readStatement(ledger.databases, "acme", { month, prices }));
    if (facts === null) throw new Error(`no statement of ${name}`);
    return composeStatement(facts);
  };
  let [balance, last] = [credits(0n), 0n];
  for (const name of names) {
    const statement = await read(name);
    const posted = (type: string) => rows.find((row) => row.month === name && row.type === type);
    expect([name, statement.opening, statement.seqBefore]).toEqual([name, balance, last]);
    for (const type of ["topup", "consumption", "refund", "adjustment"] as const)
      expect([name, type, statement.totals[type]]).toEqual([name, type, posted(type)?.amount ?? 0n]);
    const listed = rows.filter((row) => row.month === name && row.type !== "consumption");
    expect(statement.entries).toHaveLength(listed.reduce((sum, row) => sum + row.count, 0));
    balance = statement.closing;
    last = statement.seqLast;
  }
  // Whatever is rolled up, all or half of it, the statement is the same.
  const whole = await Promise.all(names.map(read));
  await rollUp(ledger.pool, "acme", { limit: 31, prices });
  expect(await Promise.all(names.map(read))).toEqual(whole);
  await rollUp(ledger.pool, "acme", { limit: 1_000, prices });
  expect(await Promise.all(names.map(read))).toEqual(whole);
  await clearRollups(ledger.pool, "acme");
});

test("a month without transactions carries the balance over, one before the first has none", async () => {
  const prices = (await openPriceBook(ledger.pool)).current();
  const read = (name: string) => {
    const month = monthOf(name);
    return month === null ? null : readStatement(ledger.databases, "acme", { month, prices });
  };
  const [early, late] = [await read("2020-02"), await read("2099-12")];
  const { rows } = await ledger.pool.query(
    "select balance, seq, encode(head_hash, 'hex') as hash from account where org_id = 'acme'",
  );
  expect(early).toMatchObject({
    opening: 0n,
    closing: 0n,
    seqBefore: 0n,
    seqLast: 0n,
    usage: [],
    entries: [],
  });
  const { balance, seq, hash } = rows[0];
  expect(late).toMatchObject({
    opening: balance,
    closing: balance,
    seqBefore: seq,
    seqLast: seq,
    headHash: hash,
  });
  expect(
    await readStatement(ledger.databases, "nobody", { month: { name: "", from: 0, until: 1 }, prices }),
  ).toBeNull();
});
