import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Registry } from "prom-client";
import type { Config, LemonSqueezyConfig } from "../config.ts";
import { demoPackages } from "../domain/payments/packages.ts";
import { createAnswerStore } from "../storage/identity/answers.ts";
import { createCredentialReader } from "../storage/identity/credentials.ts";
import { wireMoney } from "../wiring/money.ts";
import { wirePayments } from "../wiring/payments.ts";
import { fail, rootKeyOf, withDatabase } from "./open-database.ts";

/** Walks the provider's orders once and posts what is missing. Running it again changes nothing. */
export async function reconcile(options: { since?: string }): Promise<void> {
  const since = options.since === undefined ? undefined : new Date(options.since);
  if (since !== undefined && Number.isNaN(since.getTime())) fail(`${options.since} is not a time.`, 2);
  await withDatabase(async (database) => {
    const { pool, config } = database;
    const secretKey = await rootKeyOf(database);
    const lemonSqueezy = config.lemonSqueezy ?? demoProvider(config);
    if (lemonSqueezy === null)
      fail("Lemon Squeezy is not configured: there is nothing to reconcile with.", 2);
    const money = await wireMoney({ ...database, secretKey });
    try {
      const { reconcileOrders } = wirePayments({
        pool,
        money,
        lemonSqueezy,
        answers: createAnswerStore(pool, secretKey),
        packages: config.packages ?? (config.demo ? demoPackages : []),
        overlayScriptUrl: "",
        baseUrl: config.baseUrl,
        registry: new Registry(),
        onFault: () => {},
        organizationExists: createCredentialReader(pool).organizationExists,
      });
      const result = await reconcileOrders?.({ waitMs: 60_000, ...(since === undefined ? {} : { since }) });
      console.log(JSON.stringify(result));
      if (result?.kind === "provider_failed") process.exitCode = 1;
    } finally {
      await money.engine.stop();
    }
  });
}

/** The sandbox of a demo that runs on the data directory. */
function demoProvider({ demo, dataDir }: Config): LemonSqueezyConfig | null {
  const path = join(dataDir, "demo.json");
  if (!demo || !existsSync(path)) return null;
  const { sandbox_url: apiUrl, webhook_secret: webhookSecret } = JSON.parse(readFileSync(path, "utf8"));
  return {
    apiKey: "sandbox",
    storeId: DEMO_STORE_ID,
    webhookSecrets: [webhookSecret],
    apiUrl,
    testMode: true,
  };
}

const DEMO_STORE_ID = "41000";
