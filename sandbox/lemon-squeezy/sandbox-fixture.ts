import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { createLemonSqueezyClient } from "../../src/payments/lemon-squeezy/client.ts";
import { startLemonSqueezySandbox } from "./start-sandbox.ts";

export const webhookSecret = "sandbox-secret";
export const custom = { checkout_id: "chk_1", organization_id: "org_1", user_id: "usr_1" };

export type Received = { readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** A sandbox, a receiver for its webhooks and the application's client for it. `answers` are the receiver's statuses in
 *  order, the last one for all that follow. `stop` ends everything; `restart` stops and starts the sandbox alone. */
export async function startFixture(overrides: { answers?: number[]; rateLimitPerMinute?: number } = {}) {
  const receiver = await startReceiver(overrides.answers ?? [200]);
  const directory = await mkdtemp(join(tmpdir(), "lemon-squeezy-"));
  const start = () =>
    startLemonSqueezySandbox({
      port: 0,
      storeId: "1",
      webhookUrl: receiver.url,
      webhookSecret,
      variants: [
        { variantId: "101", name: "10 credits", priceCents: 1000 },
        { variantId: "102", name: "50 credits", priceCents: 4500 },
      ],
      testMode: true,
      retryDelaysMs: [10, 20, 30],
      rateLimitPerMinute: overrides.rateLimitPerMinute ?? 10_000,
      statePath: join(directory, "state.json"),
    });
  let sandbox = await start();
  return {
    received: receiver.received,
    url: () => sandbox.url,
    client: () => clientFor(sandbox.url),
    async restart() {
      await sandbox.stop();
      sandbox = await start();
    },
    async stop() {
      await sandbox.stop();
      await receiver.stop();
      await rm(directory, { recursive: true });
    },
  };
}

export type Fixture = Awaited<ReturnType<typeof startFixture>>;

/** A checkout for the package of 50 credits, good for a minute, opened through the application's client. */
export async function openCheckout(fixture: Fixture): Promise<string> {
  const checkout = await fixture.client().createCheckout({
    variantId: "102",
    redirectUrl: "http://localhost:4100/billing?checkout=chk_1",
    expiresAt: new Date(Date.now() + 60_000),
    testMode: true,
    custom,
  });
  if (checkout.kind !== "ok") throw new Error(`no checkout: ${checkout.reason}`);
  return checkout.url;
}

/** The answer's status and JSON body, of a POST when there is a body to send, else of a GET. */
export async function call(url: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json", authorization: "Bearer key", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

/** Pays in a buyer's place and gives the order. */
export async function pay(fixture: Fixture, checkoutUrl: string, rest: Record<string, unknown> = {}) {
  const paid = await call(`${fixture.url()}/_control/pay`, { checkout_url: checkoutUrl, ...rest });
  if (paid.status !== 200) throw new Error(JSON.stringify(paid.body));
  return paid.body.data;
}

/** Waits until so many webhooks have come in. */
export async function untilReceived(fixture: Fixture, count: number): Promise<readonly Received[]> {
  await vi.waitFor(
    () => {
      if (fixture.received.length < count) throw new Error(`${fixture.received.length} of ${count} webhooks`);
    },
    { timeout: 5_000, interval: 5 },
  );
  return fixture.received;
}

async function startReceiver(answers: number[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const status = answers[Math.min(received.length, answers.length - 1)] ?? 200;
    received.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(status).end("seen");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    received,
    url: `http://127.0.0.1:${address.port}/lemon-squeezy/webhook`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function clientFor(apiUrl: string) {
  return createLemonSqueezyClient({
    apiUrl,
    apiKey: "test_key",
    storeId: "1",
    timeoutMs: 5_000,
    retryDelaysMs: [1],
  });
}
