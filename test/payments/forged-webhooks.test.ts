import { createHmac, randomUUID } from "node:crypto";
import { request } from "node:http";
import { Writable } from "node:stream";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestService } from "../setup/service.ts";

const OLD = "old-webhook-secret";
const NEW = "new-webhook-secret";
const lines: { level: number; msg: string; ip?: string }[] = [];
let service: TestService;

beforeAll(async () => {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).trim().split("\n")) lines.push(JSON.parse(line));
      done();
    },
  });
  service = await startTestService(
    {
      LEMONSQUEEZY_API_KEY: "key",
      LEMONSQUEEZY_STORE_ID: "41000",
      LEMONSQUEEZY_WEBHOOK_SECRET: `${NEW},${OLD}`,
      AIRTIME_PACKAGES: '[{"variant_id":1002,"name":"50 credits","credits":50,"price":47.5}]',
      AIRTIME_RECONCILE_SECONDS: "86400",
    },
    pino({ level: "warn" }, stream),
  );
});
afterAll(() => service?.stop());

const event = () =>
  JSON.stringify({ meta: { event_name: "subscription_created", webhook_id: randomUUID() }, data: { id: 1 } });
const sign = (body: string, secret: string) => createHmac("sha256", secret).update(body).digest("hex");

/** Sends a body with these signature headers, each on a line of its own. */
function deliver(body: string, signatures: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "x-signature": [...signatures] };
    const sent = request(`${service.url}/lemon-squeezy/webhook`, { method: "POST", headers }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject).end(body);
  });
}

test("both secrets are accepted while one replaces the other", async () => {
  const body = event();
  expect(await deliver(body, [sign(body, NEW)])).toBe(200);
  expect(await deliver(body, [sign(body, OLD)])).toBe(200);
  expect(await deliver(body, [sign(body, `${NEW},${OLD}`)])).toBe(401);
});

test("each forged webhook is 401 and leaves a count and a line in the log, nothing else", async () => {
  const before = await everythingKept();
  const countedBefore = await counted();
  const linesBefore = lines.length;
  const body = event();
  const good = sign(body, NEW);
  const forged: Promise<number>[] = [];
  for (let bit = 0; bit < 256; bit += 1) {
    const bytes = Buffer.from(good, "hex");
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    forged.push(deliver(body, [bytes.toString("hex")]));
  }
  for (let at = 0; at < body.length; at += 1) {
    // Still JSON or not: the body is not even read when the signature is not its own.
    forged.push(deliver(`${body.slice(0, at)}~${body.slice(at + 1)}`, [good]));
  }
  const odd = [
    [],
    [""],
    [good, good],
    [good.toUpperCase()],
    [good.slice(1)],
    [`${good}0`],
    [sign(body, "x")],
  ];
  for (const signatures of odd) forged.push(deliver(body, signatures));
  expect(new Set(await Promise.all(forged))).toEqual(new Set([401]));
  expect((await counted()) - countedBefore).toBe(forged.length);
  expect(await everythingKept()).toEqual(before);
  await expect.poll(() => lines.length - linesBefore).toBe(forged.length);
  expect(lines.at(-1)).toMatchObject({ msg: "a webhook with an invalid signature", ip: "127.0.0.1" });
});

async function counted(): Promise<number> {
  const { text } = await service.operator.get("/metrics");
  return Number(/^airtime_webhook_signatures_refused_total (\d+)$/m.exec(text)?.[1]);
}

/** How many rows each table has. */
async function everythingKept(): Promise<readonly (readonly [string, string])[]> {
  const client = new pg.Client({ connectionString: service.connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
    );
    const counts: [string, string][] = [];
    for (const { name } of rows) {
      const found = await client.query(`select count(*) as rows from "${name}"`);
      counts.push([name, found.rows[0].rows]);
    }
    return counts;
  } finally {
    await client.end();
  }
}
