import { pino } from "pino";
import { Registry } from "prom-client";
import { createServer } from "../../src/http/server.ts";
import type { ZodServer } from "../../src/http/zod-server.ts";

/** The no-op baseline, a process of its own: our HTTP server with everything it does around a route (authentication,
 *  rate limits, authorization, JSON, headers, metrics), and routes that answer a constant without looking at the body.
 *  Its keys are known without a database. Tells its port to who started it. */

const CREDENTIAL = {
  keyId: "key_noop",
  name: "Voice runtime",
  organizationId: "org_noop",
  scopes: ["charge"],
};

/** As large as the answer to a report. */
const ANSWER = {
  success: true,
  session: {
    id: "6f0f9a4e-4f7a-4d0e-9c55-0f4a3c7e8b11",
    organization_id: "org_00000000000000000000000001",
    agent_id: "agent_abc123",
    agent_name: "Front desk",
    architecture: "pipeline",
    session_type: "webcall",
    key_mode: "platform_keys",
    status: "active",
    price_version: 1,
    started_at: "2026-01-01T00:00:00.000Z",
    ended_at: null,
    duration_seconds: 50,
    messages: 0,
    units: 0,
    cost: 0.0608,
    charged: 0,
    breakdown: ["base", "llm", "stt", "tts"].map((component) => ({
      component,
      quantity: 0.8333,
      unit: "minute",
      rate: 0.05,
      amount: 0.0417,
    })),
    held: 0.1338,
    uncollected: 0,
    flags: [],
    transaction_id: null,
    metadata: {},
  },
  grant: { amount: 0.073, seconds: 60, messages: null, expires_at: "2026-01-01T00:01:00.000Z", final: false },
  balance: 999_999.9392,
  available: 999_999.8054,
  action: "continue",
};

function registerConstants(server: ZodServer): void {
  for (const path of ["", "/:id/usage", "/:id/end"]) {
    server.post(`/api/billing/sessions${path}`, { config: { action: "charge" } }, async () => ANSWER);
  }
}

const credential = { ...CREDENTIAL, scopes: ["charge" as const] };
const server = await createServer({
  settings: {
    version: "0.0.0",
    baseUrl: "http://127.0.0.1",
    trustedProxies: [],
    rateLimits: { perCallerPerMinute: 600, signInsPerAddressPerMinute: 20 },
    page: { folder: null },
    sandboxOrigin: null,
    checkAnswers: false,
  },
  logger: pino({ level: "warn" }),
  registry: new Registry(),
  probe: async () => ({ isReady: true }),
  isTransient: () => false,
  authentication: {
    operatorKey: null,
    keys: { find: () => credential, forget: () => {} },
    credentials: {
      findKeyByHash: async () => credential,
      findKeysByHash: async () => [],
      findSession: async () => null,
      organizationExists: async () => true,
    },
    sessions: { cookieName: "noop", cookieSecret: "noop" },
  },
  routes: [registerConstants],
});
const address = await server.listen({ host: "127.0.0.1", port: 0 });
process.send?.({ port: Number(new URL(address).port) });
process.once("SIGINT", () => server.close().then(() => process.exit(0)));
