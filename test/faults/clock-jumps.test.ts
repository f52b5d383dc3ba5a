import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import {
  bearer,
  type Client,
  clientOf,
  keyOf,
  organizationOf,
  type Person,
  signUp,
} from "../http/api-client.ts";
import { createTestDatabase } from "../setup/database.ts";
import { verifyWith } from "../setup/ledger.ts";
import { OPERATOR_KEY, type ServiceProcess, startServiceProcess } from "../setup/service-process.ts";

/** Two services on one database: one whose own clock can jump, one with the machine's; and the database's can jump. */
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;
let folder: string;
let jumping: ServiceProcess;
let steady: ServiceProcess;
let owner: Person;

const SESSIONS = "/api/billing/sessions";
const HOUR_MS = 3_600_000;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database);
  await shadowClock();
  folder = mkdtempSync(join(tmpdir(), "airtime-clock-"));
  const env = { AIRTIME_SESSION_VALIDITY_SECONDS: "2", AIRTIME_SETTLE_WINDOW_SECONDS: "600" };
  jumping = await startServiceProcess({
    ...database,
    env: { ...env, CLOCK_SHIFT_FILE: join(folder, "hours") },
    nodeArguments: ["--import", resolve("test/faults/shifted-clock.js")],
  });
  steady = await startServiceProcess({ ...database, env });
  owner = await signUp(jumping.url, "Olivia");
});
afterAll(async () => {
  await jumping?.stop();
  await steady?.stop();
  await pool?.end();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Puts functions before the database's own, so that what it tells as its time can be moved. */
async function shadowClock(): Promise<void> {
  const { rows } = await pool.query("select current_database() as name");
  await pool.query(`
    create schema clock;
    create table clock.ahead (hours double precision not null);
    insert into clock.ahead values (0);
    create function clock.now() returns timestamptz language sql stable
      as $$ select pg_catalog.now() + (select hours from clock.ahead) * interval '1 hour' $$;
    create function clock.clock_timestamp() returns timestamptz language sql volatile
      as $$ select pg_catalog.clock_timestamp() + (select hours from clock.ahead) * interval '1 hour' $$;
    grant usage on schema clock to public;
    grant select on clock.ahead to public;
    alter database ${rows[0].name} set search_path = clock, pg_catalog, public;`);
}

/** Sets the clock of a process, and waits until the process goes by it. */
async function setProcessClock(hours: number): Promise<void> {
  const file = join(folder, "hours");
  rmSync(`${file}.done`, { force: true });
  writeFileSync(file, String(hours));
  jumping.signal("SIGUSR2");
  await expect.poll(() => existsSync(`${file}.done`)).toBe(true);
}

const setDatabaseClock = (hours: number) => pool.query("update clock.ahead set hours = $1", [hours]);

/** A new organization with its runtime on each of the services. */
async function organization(): Promise<{ id: string; runtime: Client; other: Client }> {
  const id = await organizationOf(owner);
  const { key } = await keyOf(owner, jumping.url, id, ["charge", "read"]);
  return { id, runtime: clientOf(jumping.url, bearer(key)), other: clientOf(steady.url, bearer(key)) };
}

const open = (runtime: Client, id: string) =>
  runtime.post(SESSIONS, { session_id: id, agent_id: "a", architecture: "pipeline" });
const report = (runtime: Client, id: string, seq: number) =>
  runtime.post(`${SESSIONS}/${id}/usage`, { seq, duration_seconds: seq });
const statusOf = async (runtime: Client, id: string) =>
  (await runtime.get(`${SESSIONS}/${id}`)).body.data.status;
const sinceNow = (time: string) => Math.abs(Date.parse(time) - Date.now());

describe.each([6, -6])("the clock of a service jumping by %i hours", (hours) => {
  test("moves neither sessions, grants, sign-ins, keys nor answers: they go by the database's", async () => {
    const acme = await organization();
    const key = { "idempotency-key": "before" };
    const event = { event_id: "e", agent_id: "a", architecture: "text", messages: 10 };
    const before = await acme.runtime.post("/api/billing/usage", event, key);
    await open(acme.runtime, "kept");
    await setProcessClock(hours);
    // A session that nobody reports for goes stale in its own time: two sweeps at least have been by then.
    const silent = await open(acme.runtime, "silent");
    expect(sinceNow(silent.body.session.started_at)).toBeLessThan(HOUR_MS);
    expect(sinceNow(silent.body.grant.expires_at)).toBeLessThan(HOUR_MS);
    for (let seq = 1; (await statusOf(acme.runtime, "silent")) === "active"; seq += 1) {
      expect(await statusOf(acme.other, "kept")).toBe("active");
      await report(acme.runtime, "kept", seq);
    }
    expect(await statusOf(acme.runtime, "silent")).toBe("stale");
    const again = await acme.runtime.post("/api/billing/usage", event, key);
    expect(again.text).toBe(before.text);
    expect((await owner.get("/api/me")).status).toBe(200);
    const ended = await acme.runtime.post(`${SESSIONS}/kept/end`, { duration_seconds: 60 });
    expect(sinceNow(ended.body.transaction.created_at)).toBeLessThan(HOUR_MS);
    await setProcessClock(0);
    expect(await verifyWith(pool, acme.id)).toMatchObject({ problems: [] });
  });

  test("tells the prices that charging goes by: neither those of later on nor those of before", async () => {
    const acme = await organization();
    await addOverride(acme.id, { rate: 0.25 });
    await addOverride(acme.id, { rate: 0.5, effective_from: new Date(Date.now() + HOUR_MS).toISOString() });
    const quoted = async ({ post }: Client) => {
      const described = { architecture: "pipeline", key_mode: "own_keys", duration_seconds: 60 };
      return (await post("/api/billing/quotes", described)).body.cost;
    };
    await expect.poll(() => quoted(acme.other)).toBe(0.25);
    const pricing = await acme.other.get("/api/billing/pricing");
    const advice = await acme.other.post("/api/billing/check", { architecture: "pipeline" });
    await setProcessClock(hours);
    expect(await quoted(acme.runtime)).toBe(0.25);
    expect((await acme.runtime.get("/api/billing/pricing")).body).toEqual(pricing.body);
    const jumped = await acme.runtime.post("/api/billing/check", { architecture: "pipeline" });
    expect(jumped.body).toEqual(advice.body);
    await acme.runtime.post("/api/billing/usage", {
      event_id: "e",
      agent_id: "a",
      architecture: "text",
      messages: 10,
    });
    const exported = await acme.runtime.get("/api/billing/export?format=json");
    const history = await acme.other.get("/api/billing/history");
    expect(exported.body.data.length).toBe(history.body.total);
    await setProcessClock(0);
  });
});

/** Another base rate for one organization's pipeline calls. */
async function addOverride(
  organizationId: string,
  { rate, ...when }: { rate: number; effective_from?: string },
) {
  const added = await clientOf(steady.url, bearer(OPERATOR_KEY)).post("/api/billing/price-versions", {
    organization_id: organizationId,
    reason: "test",
    rates: [{ component: "base", architecture: "pipeline", rate }],
    ...when,
  });
  expect(added.status).toBe(201);
}

test("the database's clock jumping back takes no account back in time", async () => {
  const acme = await organization();
  await open(acme.runtime, "s");
  await acme.runtime.post("/api/billing/usage", {
    event_id: "e1",
    agent_id: "a",
    architecture: "api",
    units: 1,
  });
  await setDatabaseClock(-5);
  expect((await report(acme.other, "s", 1)).body).toMatchObject({ session: { status: "active" } });
  await acme.other.post("/api/billing/usage", {
    event_id: "e2",
    agent_id: "a",
    architecture: "api",
    units: 1,
  });
  expect((await acme.runtime.post(`${SESSIONS}/s/end`, { duration_seconds: 30 })).status).toBe(200);
  const { body } = await acme.runtime.get("/api/billing/history");
  const times = body.data.map(({ created_at }: { created_at: string }) => created_at);
  expect(times).toEqual([...times].sort().reverse());
  await setDatabaseClock(0);
  expect(await verifyWith(pool, acme.id)).toMatchObject({ problems: [] });
});

test("the database's clock jumping forward settles running sessions as lost, once by two services, and their ends correct it", async () => {
  const acme = await organization();
  const grant = {
    credit_id: "c",
    kind: "manual_grant",
    amount: 100,
    reason: "test",
    organization_id: acme.id,
  };
  await clientOf(steady.url, bearer(OPERATOR_KEY)).post("/api/billing/credits", grant);
  const ids = Array.from({ length: 100 }, (_, number) => `s${number}`);
  await Promise.all(ids.map((id, number) => open(number % 2 === 0 ? acme.runtime : acme.other, id)));
  await Promise.all(ids.map((id) => report(acme.other, id, 30)));
  await setDatabaseClock(5);
  const settled = async () => (await acme.runtime.get(`${SESSIONS}?status=settled`)).body.total;
  await expect.poll(settled).toBe(ids.length);
  const consumed = await acme.runtime.get("/api/billing/history?type=consumption");
  expect(consumed.body.total).toBe(ids.length);
  await setDatabaseClock(0);
  const ends = await Promise.all(
    ids.map((id) => acme.runtime.post(`${SESSIONS}/${id}/end`, { duration_seconds: 60 })),
  );
  for (const { status, body } of ends) {
    expect([status, body.transaction.kind, body.session.cost]).toEqual([200, "late_end", 0.073]);
  }
  expect(await verifyWith(pool, acme.id)).toMatchObject({ problems: [] });
});
