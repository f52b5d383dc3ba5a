import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { openApiText } from "../../src/commands/openapi.ts";
import { readConfig } from "../../src/config.ts";
import { createTestDatabase } from "../setup/database.ts";

/** The paths of contract.md that exist so far. */
const PATHS = [
  ...["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/api/me", "/api/auth/sign-in"],
  ...["/api/billing/balance/{organization_id}", "/api/billing/history", "/api/billing/transactions/{id}"],
  ...[
    "/api/billing/summary",
    "/api/billing/export",
    "/api/billing/sessions",
    "/api/billing/sessions/{id}",
    "/api/billing/usage",
  ],
  ...["/api/billing/audit", "/api/billing/audit/export", "/api/billing/audit/platform"],
  ...["/api/billing/pricing", "/api/billing/quotes", "/api/billing/stream", "/api/billing/check"],
  ...[
    "/api/billing/sessions/{id}/usage",
    "/api/billing/sessions/{id}/end",
    "/api/billing/sessions/{id}/cancel",
  ],
  ...["/api/billing/sessions/{id}/artifacts", "/api/billing/usage/batch", "/api/billing/credits"],
  ...["/api/billing/packages", "/api/billing/checkout", "/api/billing/checkouts/{id}"],
  ...["/lemon-squeezy/webhook", "/lemon-squeezy/webhook-events", "/api/organizations"],
  ...["/api/organizations/{id}/members", "/api/organizations/{id}/members/{user_id}"],
  ...["/api/organizations/{id}/transfer-ownership", "/api/organizations/{id}/api-keys"],
  "/api/organizations/{id}/settings",
  ...["/api/organizations/{id}/webhooks", "/api/organizations/{id}/webhooks/{webhook_id}"],
];

test("openapi.json is what the service serves, and lists every path of the contract that exists", async () => {
  const database = await createTestDatabase();
  try {
    const outcome = readConfig({ DATABASE_URL: database.connectionString, AIRTIME_DEMO: "0" }, "command");
    if (outcome.kind === "refused") throw new Error("the configuration was refused");
    const text = await openApiText(outcome.config);
    // Stale? npm run openapi
    expect(`${text}\n`).toBe(readFileSync(resolve("openapi.json"), "utf8"));
    expect(Object.keys(JSON.parse(text).paths)).toEqual(expect.arrayContaining(PATHS));
  } finally {
    await database.drop();
  }
});
