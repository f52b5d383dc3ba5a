import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessCheck } from "../../src/http/routes/stream-access.ts";
import { createOutboxCleaner } from "../../src/jobs/clean-outbox.ts";
import { createPool } from "../../src/storage/database.ts";
import { createCredentialReader } from "../../src/storage/identity/credentials.ts";
import { createOutboxEraser } from "../../src/storage/outbox.ts";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { bearer, clientOf, keyOf, signUp } from "./api-client.ts";
import { openStream, type Stream } from "./stream-client.ts";

let service: TestService;
let second: TestService;
let pool: pg.Pool;

beforeAll(async () => {
  service = await startTestService();
  second = await startTestService({ DATABASE_URL: service.connectionString });
  pool = createPool({ connectionString: service.connectionString, connectionsMax: 2 });
});

afterAll(async () => {
  await pool?.end();
  await second?.stop();
  await service?.stop();
});

/** An organization with a way to listen to it. */
async function listenable(credits = 10) {
  const acme = await service.organization(credits);
  const { key } = await keyOf(acme.owner, service.url, acme.id, ["read"]);
  const listen = (query: Record<string, string | number> = {}, url = service.url) =>
    openStream(url, { query: { organization_id: acme.id, ...query }, headers: bearer(key) });
  return { acme, key, listen };
}

async function lastSeq(organizationId: string): Promise<number> {
  const { rows } = await pool.query("select news_seq from account where org_id = $1", [organizationId]);
  return Number(rows[0].news_seq);
}

let events = 0;
function charge(acme: TestOrganization, client = acme.runtime) {
  events += 1;
  return client.post("/api/billing/usage", {
    event_id: `evt_${events}`,
    agent_id: "agent_1",
    architecture: "text",
    messages: 1,
  });
}

function give(acme: TestOrganization, amount: number) {
  events += 1;
  return service.operator.post("/api/billing/credits", {
    organization_id: acme.id,
    credit_id: `gift_${events}`,
    kind: "manual_grant",
    amount,
    reason: "test",
  });
}

describe("the stream", () => {
  test("tells of a credit and a call as they happen, in order, and nothing of before", async () => {
    const { acme, listen } = await listenable(10);
    const before = await lastSeq(acme.id);
    const stream = await listen();
    await give(acme, 5);
    const call = { session_id: "call", agent_id: "agent_1", architecture: "pipeline" };
    await acme.runtime.post("/api/billing/sessions", call);
    const ended = await acme.runtime.post("/api/billing/sessions/call/end", { duration_seconds: 210 });
    await expect.poll(() => stream.seqs()).toEqual([before + 1, before + 2, before + 3]);
    const [credit, opened, settled] = stream.messages;
    expect(credit).toMatchObject({
      type: "credit_added",
      organization_id: acme.id,
      balance: 15,
      held: 0,
      available: 15,
      status: "ok",
      transaction: { type: "topup", kind: "manual_grant", amount: 5 },
    });
    expect(credit?.created_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
    expect(opened).toMatchObject({ type: "session_updated", balance: 15, held: 0.073, available: 14.927 });
    expect(settled).toMatchObject({
      type: "credit_consumed",
      balance: 14.7445,
      held: 0,
      active_sessions: 0,
      session: { id: "call", status: "settled", cost: 0.2555 },
      transaction: ended.body.transaction,
    });
    stream.cut();
  });

  test("resumes with after_seq: cut off 50 times under load, each seq arrives exactly once", async () => {
    const { acme, listen } = await listenable(10);
    const first = await lastSeq(acme.id);
    const seqs: number[] = [];
    let isCharging = true;
    const charging = (async () => {
      for (let round = 0; round < 100; round++) await Promise.all([1, 2, 3].map(() => charge(acme)));
      isCharging = false;
    })();
    for (let cuts = 0; cuts < 50 || isCharging; cuts++) {
      const stream = await listen({ after_seq: seqs.at(-1) ?? first }, cuts % 2 ? second.url : service.url);
      const target = Math.min(first + 300, (seqs.at(-1) ?? first) + 5);
      await expect.poll(() => stream.seqs().at(-1) ?? target).toBeGreaterThanOrEqual(target);
      seqs.push(...stream.seqs());
      stream.cut();
    }
    await charging;
    const rest = await listen({ after_seq: seqs.at(-1) ?? first });
    await expect.poll(() => seqs.length + rest.seqs().length).toBe(300);
    expect([...seqs, ...rest.seqs()]).toEqual(Array.from({ length: 300 }, (_, index) => first + 1 + index));
    rest.cut();
  });

  test("of either process tells what the other one posts", async () => {
    const { acme, listen } = await listenable(10);
    const streams = await Promise.all([listen(), listen({}, second.url)]);
    const { key: chargingKey } = await keyOf(acme.owner, service.url, acme.id, ["charge"]);
    await charge(acme);
    await charge(acme, clientOf(second.url, bearer(chargingKey)));
    for (const stream of streams) {
      await expect
        .poll(() => stream.messages.map(({ type }) => type))
        .toEqual(Array(2).fill("credit_consumed"));
    }
    expect(streams[0]?.seqs()).toEqual(streams[1]?.seqs());
    for (const stream of streams) stream.cut();
  });

  test("goes on after the database cut every connection", async () => {
    const { acme, listen } = await listenable(10);
    const streams = await Promise.all([listen(), listen({}, second.url)]);
    await cutConnections("airtime news");
    await charge(acme);
    for (const stream of streams) await expect.poll(() => stream.messages.length).toBe(1);
    for (const stream of streams) stream.cut();
  });

  test("closes with 4410 when the news after after_seq are gone, or it was never given out", async () => {
    const { acme, listen } = await listenable(10);
    for (let count = 0; count < 3; count++) {
      await give(acme, 1);
      await charge(acme);
    }
    await give(acme, 1);
    const last = await lastSeq(acme.id);
    await pool.query(
      "update outbox set created_at = now() - interval '8 days' where org_id = $1 and seq < $2",
      [acme.id, last],
    );
    // Other organizations have old news too, the demo's above all.
    expect(await createOutboxCleaner(createOutboxEraser(pool, []), { batchMax: 2 })()).toBeGreaterThan(2);
    const { rows } = await pool.query("select min(seq) as oldest from outbox where org_id = $1", [acme.id]);
    // It is old, and the charge after it is numbered by it.
    expect(rows[0].oldest).toBe(BigInt(last - 2));
    expect(await (await listen({ after_seq: 0 })).closed).toBe(4410);
    expect(await (await listen({ after_seq: last + 1 })).closed).toBe(4410);
    const kept = await listen({ after_seq: last - 2 });
    await expect.poll(() => kept.seqs()).toEqual([last - 1, last]);
    kept.cut();
  });

  test("closes with 1001 when its process stops, without waiting for clients that take nothing", async () => {
    const own = await startTestService();
    const acme = await own.organization(10);
    const { key } = await keyOf(acme.owner, own.url, acme.id, ["read"]);
    const open = (): Promise<Stream> => openStream(own.url, { headers: bearer(key) });
    const [polite, silent] = [await open(), await open()];
    silent.pause();
    await own.stop();
    expect(await polite.closed).toBe(1001);
    silent.cut();
  });
});

describe("the stream is refused", () => {
  const openWith = (headers: Record<string, string>, query: Record<string, string | number> = {}) =>
    openStream(service.url, { headers, query });

  test("without a credential, or with one that is unknown", async () => {
    await expect(openWith({})).rejects.toMatchObject({ status: 401, code: "unauthenticated" });
    await expect(openWith(bearer("air_live_unknown"))).rejects.toMatchObject({ status: 401 });
  });

  test("and its connection ends", async () => {
    const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
    socket.write(
      "GET /api/billing/stream HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n" +
        "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    let answer = "";
    for await (const part of socket) answer += part;
    expect(answer).toContain("HTTP/1.1 401");
  });

  test("for another organization, as if there were none", async () => {
    const { key } = await listenable();
    const other = await listenable();
    const refused = openWith(bearer(key), { organization_id: other.acme.id });
    await expect(refused).rejects.toMatchObject({ status: 404, code: "not_found" });
  });

  test("to a key that may only charge", async () => {
    const { acme } = await listenable();
    const { key } = await keyOf(acme.owner, service.url, acme.id, ["charge"]);
    await expect(openWith(bearer(key))).rejects.toMatchObject({ status: 403, code: "forbidden" });
  });

  test("to a cookie that a page of another origin sends; a page of ours is let in", async () => {
    const person = await signUp(service.url, "Cookie");
    const { body } = await person.post("/api/organizations", { name: "Cookies" });
    const query = { organization_id: body.organization.id };
    const foreign = openWith({ cookie: person.cookie, origin: "https://evil.example" }, query);
    await expect(foreign).rejects.toMatchObject({ status: 403, code: "foreign_origin" });
    const own = await openWith({ cookie: person.cookie, origin: service.url }, query);
    own.cut();
  });

  test("when after_seq is no number, an unknown field is given, or it is no WebSocket", async () => {
    const { acme, listen } = await listenable();
    await expect(listen({ after_seq: "x" })).rejects.toMatchObject({ status: 422, code: "invalid" });
    await expect(listen({ after: 1 })).rejects.toMatchObject({ status: 422 });
    const plain = await acme.runtime.get("/api/billing/stream");
    expect(plain).toMatchObject({ status: 422, body: { errors: [{ path: "Upgrade" }] } });
  });
});

test("access ends with the key, the membership and the session", async () => {
  const { acme, key } = await listenable();
  const mayListen = createAccessCheck({
    credentials: createCredentialReader(pool),
    sessions: { cookieName: "unused", cookieSecret: "unused" },
  });
  const byKey = {
    organizationId: acme.id,
    principal: { kind: "api_key", keyId: "", name: "", organizationId: acme.id, scopes: [] },
    credential: { kind: "bearer", token: key },
  } as const;
  expect(await mayListen(byKey)).toBe(true);
  await pool.query("update api_key set revoked_at = now() where org_id = $1", [acme.id]);
  expect(await mayListen(byKey)).toBe(false);

  const person = await signUp(service.url, "Leaver");
  const { body } = await acme.owner.post(`/api/organizations/${acme.id}/members`, {
    email: person.email,
    role: "member",
  });
  const byPerson = {
    organizationId: acme.id,
    principal: { kind: "user", userId: "", name: "", email: "", memberships: [], activeOrganizationId: null },
    credential: { kind: "bearer", token: person.token },
  } as const;
  expect(await mayListen(byPerson)).toBe(true);
  await acme.owner.remove(`/api/organizations/${acme.id}/members/${body.member?.user_id ?? person.id}`);
  expect(await mayListen(byPerson)).toBe(false);
});

test("a POST that offers another protocol is answered as if it had not", async () => {
  const { key } = await listenable();
  const body = JSON.stringify({ architecture: "pipeline", duration_seconds: 210 });
  const offering = request(`${service.url}/api/billing/quotes`, {
    method: "POST",
    headers: {
      ...bearer(key),
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      connection: "Upgrade, HTTP2-Settings",
      upgrade: "h2c",
      "http2-settings": "AAMAAABkAAQAAP__",
    },
  });
  offering.end(body);
  const [response] = await once(offering, "response");
  response.setEncoding("utf8");
  let text = "";
  for await (const part of response) text += part;
  expect(JSON.parse(text)).toMatchObject({ success: true, cost: 0.2555 });
  expect(response.statusCode).toBe(200);
});

async function cutConnections(applicationName: string): Promise<void> {
  const { rows } = await pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1",
    [applicationName],
  );
  if (rows.length !== 2) throw new Error(`${rows.length} connections were called ${applicationName}`);
}
