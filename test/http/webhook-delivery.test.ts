import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { createRandom } from "../concurrency/random.ts";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { clientOf } from "./api-client.ts";
import { isSignedWith, type Receiver, startReceiver } from "./webhook-receiver.ts";

let service: TestService;
let pool: ReturnType<typeof createPool>;
let acme: TestOrganization;
let receiver: Receiver;

beforeAll(async () => {
  service = await startTestService();
  pool = createPool({ connectionString: service.connectionString, connectionsMax: 1 });
});
afterAll(async () => {
  await pool?.end();
  await service?.stop();
});

beforeEach(async () => {
  acme = await service.organization(10);
  receiver = await opened();
});

async function opened(): Promise<Receiver> {
  const one = await startReceiver();
  onTestFinished(() => one.stop());
  return one;
}

const path = () => `/api/organizations/${acme.id}/webhooks`;

async function listen(to = receiver): Promise<{ at: string; secret: string }> {
  const answer = await acme.owner.post(path(), { url: to.url, events: ["credit.added"] });
  expect(answer.status).toBe(201);
  return { at: `${path()}/${answer.body.webhook.id}`, secret: answer.body.webhook.secret };
}

let credits = 0;
async function give(amount = 1): Promise<void> {
  credits += 1;
  const { status } = await service.operator.post("/api/billing/credits", {
    organization_id: acme.id,
    credit_id: `c${credits}`,
    kind: "adjustment",
    amount,
    reason: "test",
  });
  expect(status).toBe(201);
}

const deliveriesOf = async (at: string, query = "") =>
  (await acme.owner.get(`${at}/deliveries${query}`)).body.data;
const lastOf = async (at: string) => (await deliveriesOf(at))[0];
const polled = { timeout: 30_000 };

/** Lets the pause before each retry be over. */
const hurry = () =>
  pool.query("update webhook_delivery set next_attempt_at = now() where status = 'pending' and attempts > 0");

test("a receiver that fails half of the time gets every event, signed, under one webhook-id", async () => {
  const { at, secret } = await listen();
  const random = createRandom(7);
  const taken = new Set<string>();
  receiver.answerWith((request, response) => {
    const isGood = random.below(2) === 0;
    // Answers with an error, or breaks off.
    if (!isGood && random.below(2) === 0) return void response.destroy();
    if (isGood) taken.add(request.id);
    response.writeHead(isGood ? 200 : 503).end("some text");
  });
  for (let count = 0; count < 40; count += 1) await give();
  const countTaken = async () => {
    await hurry();
    return taken.size;
  };
  await expect.poll(countTaken, { timeout: 50_000 }).toBe(40);
  expect(receiver.received.length).toBeGreaterThan(40);
  for (const request of receiver.received) expect(isSignedWith(secret, request)).toBe(true);
  const bodies = new Map(receiver.received.map(({ id, text }) => [id, text]));
  expect(receiver.received.filter(({ id, text }) => bodies.get(id) !== text)).toEqual([]);
  await expect
    .poll(async () => (await deliveriesOf(at)).map(({ status }: { status: string }) => status), polled)
    .toEqual(Array.from({ length: 40 }, () => "delivered"));
});

test("what was not taken is tried again after 5 s, then after 30, and the log says why", async () => {
  const { at } = await listen();
  receiver.answerWith((_request, response) => void response.writeHead(500).end("no room"));
  await give();
  const pauseAfter = async (attempts: number) => {
    const last = await lastOf(at);
    if (last?.attempts !== attempts) return null;
    return (Date.parse(last.next_attempt_at) - Date.parse(last.attempted_at)) / 1_000;
  };
  await expect.poll(() => pauseAfter(1), polled).toBeGreaterThanOrEqual(5);
  expect(await pauseAfter(1)).toBeLessThanOrEqual(5.5);
  expect(await lastOf(at)).toMatchObject({
    type: "credit.added",
    status: "pending",
    response_status: 500,
    duration_ms: expect.any(Number),
    error: "It answered 500.",
  });
  expect((await acme.owner.get(at)).body.webhook.failing_since).not.toBeNull();
  // Nothing hurries this one: the service comes back to it by itself.
  await expect.poll(() => pauseAfter(2), polled).toBeGreaterThanOrEqual(30);
  receiver.answerWith(204);
  await hurry();
  await expect.poll(async () => (await lastOf(at)).status, polled).toBe("delivered");
  expect(await lastOf(at)).toMatchObject({
    attempts: 3,
    response_status: 204,
    error: null,
    next_attempt_at: null,
  });
  expect((await acme.owner.get(at)).body.webhook.failing_since).toBeNull();
});

test("a receiver that never answers delays nobody else, and is not sent the next event before it is given up on", async () => {
  receiver.answerWith(() => {});
  await listen();
  const quick = await opened();
  await listen(quick);
  for (let count = 1; count <= 3; count += 1) {
    await give();
    await expect.poll(() => quick.received.length, polled).toBe(count);
  }
  expect(receiver.received).toHaveLength(1);
});

test("an event whose last attempt fails is given up", async () => {
  receiver.answerWith(500);
  const { at } = await listen();
  await give();
  await expect.poll(async () => (await lastOf(at))?.attempts, polled).toBe(1);
  await pool.query(
    "update webhook_delivery set attempts = 12, next_attempt_at = now() where endpoint_id = $1",
    [at.split("/").at(-1)],
  );
  await expect.poll(async () => (await lastOf(at)).status, polled).toBe("failed");
  expect(await lastOf(at)).toMatchObject({ attempts: 13, response_status: 500, next_attempt_at: null });
});

test("a message that can't be read any more holds up no other", async () => {
  receiver.answerWith(500);
  const { at } = await listen();
  await give();
  await expect.poll(async () => (await lastOf(at))?.attempts, polled).toBe(1);
  await pool.query("update webhook_message set sealed = 'AAAA' || substr(sealed, 5) where org_id = $1", [
    acme.id,
  ]);
  receiver.answerWith(204);
  await hurry();
  await give();
  await expect.poll(async () => (await lastOf(at)).status, polled).toBe("delivered");
  await expect.poll(async () => (await deliveriesOf(at))[1].attempts, polled).toBe(2);
  expect((await deliveriesOf(at))[1].error).toBe("The message or the secret could not be decrypted.");
});

test("a redirect is not followed", async () => {
  const elsewhere = await opened();
  receiver.answerWith(
    (_request, response) => void response.writeHead(307, { location: elsewhere.url }).end(),
  );
  const { at } = await listen();
  await give();
  await expect.poll(async () => (await lastOf(at))?.attempts, polled).toBe(1);
  expect(await lastOf(at)).toMatchObject({ status: "pending", response_status: 307 });
  expect((await lastOf(at)).error).toContain("redirect");
  expect(elsewhere.received).toEqual([]);
});

test("of an answer without end only the beginning is read, and its status counts", async () => {
  receiver.answerWith((_request, response) => {
    response.writeHead(200);
    const more = () => void response.write("x".repeat(1_024));
    response.on("drain", more);
    response.on("error", () => {});
    more();
    more();
  });
  const { at } = await listen();
  await give();
  await expect.poll(async () => (await lastOf(at))?.status, polled).toBe("delivered");
  const { body } = await acme.owner.get(`${at}/deliveries/${(await lastOf(at)).id}`);
  expect(body.delivery.response_body).toBe("x".repeat(2_048));
});

describe("the log", () => {
  test("shows what was sent and answered, and nobody can read that in the database", async () => {
    receiver.answerWith((_request, response) => void response.writeHead(200).end("thanks a lot"));
    const { at, secret } = await listen();
    await give(3.5);
    await expect.poll(async () => (await lastOf(at))?.status, polled).toBe("delivered");
    const { id } = await lastOf(at);
    const { body } = await acme.owner.get(`${at}/deliveries/${id}`);
    expect(body.delivery).toMatchObject({
      id,
      attempts: 1,
      response_status: 200,
      response_body: "thanks a lot",
    });
    expect(body.delivery.body).toBe(receiver.received[0]?.text);
    const stored = await Promise.all(
      ["webhook_endpoint", "webhook_message", "webhook_delivery"].map((table) =>
        pool.query(`select string_agg(t::text, '') as text from ${table} t where org_id = $1`, [acme.id]),
      ),
    );
    const text = stored.map(({ rows }) => rows[0].text).join("");
    for (const hidden of ["3.5", "thanks", "organization_id", secret.slice(6)])
      expect(text).not.toContain(hidden);
  });

  test("is read by page and by status", async () => {
    const { at } = await listen();
    for (let count = 0; count < 5; count += 1) await give();
    await expect.poll(async () => (await deliveriesOf(at, "?status=delivered")).length, polled).toBe(5);
    const ids = (await deliveriesOf(at)).map(({ id }: { id: string }) => id);
    expect(ids).toEqual(ids.toSorted().reverse());
    const page = await acme.owner.get(`${at}/deliveries?limit=2&offset=2&status=delivered`);
    expect(page.body).toMatchObject({
      total: 5,
      limit: 2,
      offset: 2,
      data: [{ id: ids[2] }, { id: ids[3] }],
    });
    expect((await acme.owner.get(`${at}/deliveries?status=failed`)).body).toMatchObject({
      total: 0,
      data: [],
    });
    for (const query of ["?status=lost", "?limit=0", "?limit=1001", "?offset=-1", "?page=2"])
      expect((await acme.owner.get(`${at}/deliveries${query}`)).status).toBe(422);
  });

  test("lets an event be sent once more, with the same webhook-id", async () => {
    const { at, secret } = await listen();
    await give();
    await expect.poll(async () => (await lastOf(at))?.status, polled).toBe("delivered");
    const first = await lastOf(at);
    const again = await acme.owner.post(`${at}/deliveries/${first.id}/resend`);
    expect(again).toMatchObject({
      status: 201,
      body: { delivery: { message_id: first.message_id, status: "pending" } },
    });
    expect(again.body.delivery.id).not.toBe(first.id);
    await expect.poll(() => receiver.received.length, polled).toBe(2);
    const [one, two] = receiver.received;
    expect(two).toMatchObject({ id: one?.id, text: one?.text });
    expect(receiver.received.every((request) => isSignedWith(secret, request))).toBe(true);
    await expect.poll(async () => (await lastOf(at)).id, polled).toBe(again.body.delivery.id);
  });
});

test("a test event arrives, whatever was chosen, and before what waits", async () => {
  const { at, secret } = await listen();
  const answer = await acme.owner.post(`${at}/test`);
  expect(answer).toMatchObject({ status: 201, body: { delivery: { type: "webhook.test", attempts: 0 } } });
  await expect
    .poll(() => receiver.events(), polled)
    .toMatchObject([
      { type: "webhook.test", data: { organization_id: acme.id, webhook_id: at.split("/").at(-1) } },
    ]);
  expect(receiver.received.every((request) => isSignedWith(secret, request))).toBe(true);
});

test("after a rotation both secrets sign for a day, then the new one alone", async () => {
  const { at, secret } = await listen();
  const rotated = await acme.owner.post(`${at}/rotate-secret`);
  const next = rotated.body.webhook.secret;
  const signers = async () => {
    const before = receiver.received.length;
    await give();
    await expect.poll(() => receiver.received.length, polled).toBe(before + 1);
    const last = receiver.received.slice(-1);
    return [secret, next].map((one) => last.every((request) => isSignedWith(one, request)));
  };
  expect(await signers()).toEqual([true, true]);
  await pool.query("update webhook_endpoint set old_secret_until = now() where org_id = $1", [acme.id]);
  expect(await signers()).toEqual([false, true]);
});

test("the metrics say how many attempts there were and whether something waits", async () => {
  const { text } = await clientOf(service.url).get("/metrics");
  expect(text).toMatch(/airtime_webhook_attempts_total\{outcome="delivered"\} [1-9]/);
  expect(text).toMatch(/airtime_webhook_attempts_total\{outcome="failed"\} [1-9]/);
  expect(text).toMatch(/airtime_webhook_lag_seconds \d/);
  expect(text).toMatch(/airtime_webhook_pending \d/);
  expect(text).toMatch(/airtime_outbox_lag_seconds\{reader="webhooks"\} \d/);
});
