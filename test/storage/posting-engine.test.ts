import { afterAll, beforeAll, expect, test } from "vitest";
import type { Command } from "../../src/domain/charging/command.ts";
import type { SessionSubject } from "../../src/domain/charging/session.ts";
import { PIPELINE } from "../../src/domain/charging/world.fixture.ts";
import { credits, parseCredits } from "../../src/domain/money/credits.ts";
import { findAccount, insertAccount } from "../../src/storage/accounts.ts";
import { createPool } from "../../src/storage/database.ts";
import {
  type OrganizationDatabases,
  openOrganizationDatabases,
} from "../../src/storage/organization-database.ts";
import { createPostingEngine, type PostingEngine } from "../../src/storage/posting/engine.ts";
import { addFirstPrices, openPriceBook } from "../../src/storage/price-book.ts";
import { createTestDatabase } from "../setup/database.ts";
import { transactionWidth } from "../setup/ledger.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: ReturnType<typeof createPool>;
let databases: OrganizationDatabases;
let engine: PostingEngine;
const origin = { actor: { type: "api_key", id: "key_1", name: "runtime" }, sealedIp: null } as const;

const pipeline: SessionSubject = { ...PIPELINE, agentName: "Front desk" };

const amount = (text: string) => parseCredits(text) ?? credits(0n);

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString });
  databases = openOrganizationDatabases(pool);
  await addFirstPrices(pool);
  engine = createPostingEngine({
    connectionString: database.connectionString,
    timing: { validityMs: 60_000, settleWindowMs: 600_000 },
    prices: await openPriceBook(pool),
    ...transactionWidth,
  });
});

afterAll(async () => {
  await engine.stop();
  await pool.end();
  await database.drop();
});

async function organization(id: string, balance: string, grace = "5"): Promise<string> {
  await insertAccount(databases.of(id), { graceLimit: amount(grace), lowBalanceThreshold: amount("5") });
  await accepted(id, {
    kind: "add_credit",
    creditId: "start",
    creditKind: "manual_grant",
    amount: amount(balance),
    description: null,
    reason: null,
    fingerprint: "start",
    origin,
  });
  return id;
}

async function decided(organizationId: string, command: Command) {
  const outcome = await engine.submit({ organizationId, command });
  if (outcome.kind !== "decided") throw new Error(outcome.kind);
  return outcome.decision;
}

async function accepted(organizationId: string, command: Command) {
  const decision = await decided(organizationId, command);
  if (decision.kind !== "accepted") throw new Error(decision.refusal.kind);
  return decision;
}

const authorize = (sessionId: string): Command => ({
  kind: "authorize",
  sessionId,
  subject: pipeline,
  fingerprint: "f",
  origin,
});

test("3.5 minutes of pipeline cost 0.2555 and the hold is released", async () => {
  const id = await organization("org_call", "10");
  await accepted(id, authorize("s1"));
  expect((await findAccount(databases.of(id)))?.held).toBe(730n);
  await accepted(id, { kind: "report", sessionId: "s1", seq: 1n, usage: { durationMs: 50_000n } });
  const settled = await accepted(id, {
    kind: "settle",
    sessionId: "s1",
    usage: { durationMs: 210_000n },
    endedAt: null,
    reason: null,
    origin,
  });
  expect(settled.transaction?.amount).toBe(-2555n);
  expect(settled.transaction?.description).toBe("Voice call session - agent_abc123 - 3.5 min");
  const account = await findAccount(databases.of(id));
  expect(account).toMatchObject({
    balance: 97_445n,
    held: 0n,
    activeSessions: 0,
    seq: 2n,
    totalUsage: 2555n,
  });
});

test("the same event 50 times at once is charged once", async () => {
  const id = await organization("org_event", "10");
  const charge: Command = {
    kind: "charge",
    eventId: "evt_1",
    subject: pipeline,
    usage: { durationMs: 60_000n, messages: 0n, units: 0n },
    description: null,
    occurredAt: null,
    fingerprint: "f",
    origin,
  };
  const all = await Promise.all(Array.from({ length: 50 }, () => accepted(id, charge)));
  expect(new Set(all.map((one) => one.transaction?.id)).size).toBe(1);
  expect(all.filter((one) => !one.repeated)).toHaveLength(1);
  expect((await findAccount(databases.of(id)))?.balance).toBe(99_270n);
});

test("200 concurrent sessions on 1.00 credit never hold more than the balance and the last minimum", async () => {
  const id = await organization("org_many", "1");
  const decisions = await Promise.all(Array.from({ length: 200 }, (_, n) => decided(id, authorize(`s${n}`))));
  const refused = decisions.filter((decision) => decision.kind === "refused");
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused.map((decision) => decision.kind === "refused" && decision.refusal.kind))).toEqual(
    new Set(["credits_reserved"]),
  );
  const account = await findAccount(databases.of(id));
  expect(account && account.balance - account.held).toBeGreaterThan(-122n);
});

test("an answer stored under an idempotency key is given again, byte for byte", async () => {
  const id = await organization("org_key", "10");
  const submit = (fingerprint: string, sessionId: string) =>
    engine.submit({
      organizationId: id,
      command: authorize(sessionId),
      idempotency: { key: "k", fingerprint, answer: () => ({ status: 201, body: `{"id":"${sessionId}"}` }) },
    });
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => submit("a", `s${n}`)));
  expect(outcomes.filter(({ kind }) => kind === "decided")).toHaveLength(1);
  expect(outcomes.filter(({ kind }) => kind === "replayed")).toHaveLength(19);
  expect(await submit("a", "later")).toMatchObject({ kind: "replayed", status: 201 });
  expect(await submit("b", "later")).toMatchObject({
    decision: { kind: "refused", refusal: { kind: "idempotency_key_reused" } },
  });
  expect((await findAccount(databases.of(id)))?.activeSessions).toBe(1);
});

test("a usage refund never exceeds the charge over all refunds of it", async () => {
  const id = await organization("org_refund", "10");
  await accepted(id, authorize("s"));
  const settle = { kind: "settle", sessionId: "s", endedAt: null, reason: null, origin } as const;
  const { transaction } = await accepted(id, { ...settle, usage: { durationMs: 60_000n } });
  const refund = (creditId: string, value: string): Command => ({
    kind: "refund_usage",
    creditId,
    transactionId: transaction?.id ?? "",
    amount: amount(value),
    description: null,
    reason: null,
    fingerprint: value,
    origin,
  });
  const decisions = await Promise.all([decided(id, refund("a", "0.05")), decided(id, refund("b", "0.05"))]);
  expect(decisions.map(({ kind }) => kind)).toEqual(["accepted", "refused"]);
  await accepted(id, refund("c", "0.023"));
  expect(await decided(id, refund("d", "0.0001"))).toMatchObject({
    refusal: { kind: "refund_exceeds_charge" },
  });
});
