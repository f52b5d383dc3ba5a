import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import type { Config, LemonSqueezyConfig } from "../../src/config.ts";
import { type CreditPackage, demoPackages } from "../../src/domain/payments/packages.ts";
import { demoSecret } from "../../src/storage/demo-secrets.ts";
import { type LemonSqueezySandbox, startLemonSqueezySandbox } from "../lemon-squeezy/start-sandbox.ts";
import { type DemoInbox, startInbox } from "../mail/inbox.ts";

/** What the demo brings to the service before it is wired: keys of its own, and a payment provider on this machine. */
export type PreparedDemo = {
  readonly secretKey: string;
  readonly operatorKey: string;
  readonly webhookSecret: string;
  readonly lemonSqueezy: LemonSqueezyConfig;
  readonly packages: readonly CreditPackage[];
  readonly sandbox: LemonSqueezySandbox;
  /** Where mail goes; null when it goes to a real server. */
  readonly inbox: DemoInbox | null;
};

const STORE_ID = "41000";

/** Starts the sandbox and finds the demo's keys, making them on the first start. */
export async function prepareDemo(config: Config, pool: pg.Pool): Promise<PreparedDemo> {
  const secret = (name: string, bytes: number) =>
    demoSecret(pool, name, () => randomBytes(bytes).toString("hex"));
  const secretKey = config.secretKey ?? (await secret("secret_key", 32));
  const operatorKey = config.operatorKey ?? `air_operator_${await secret("operator_key", 20)}`;
  const webhookSecret = config.lemonSqueezy?.webhookSecrets[0] ?? (await secret("webhook_secret", 16));
  const packages = config.packages ?? demoPackages;
  await mkdir(config.dataDir, { recursive: true });
  const sandbox = await startLemonSqueezySandbox({
    port: config.sandboxPort ?? 0,
    storeId: config.lemonSqueezy?.storeId ?? STORE_ID,
    storeName: "Airtime",
    webhookUrl: `http://localhost:${config.port}/lemon-squeezy/webhook`,
    webhookSecret,
    variants: packages,
    testMode: true,
    statePath: join(config.dataDir, "sandbox.json"),
  });
  const lemonSqueezy = {
    apiKey: "sandbox",
    storeId: config.lemonSqueezy?.storeId ?? STORE_ID,
    webhookSecrets: config.lemonSqueezy?.webhookSecrets ?? [webhookSecret],
    apiUrl: sandbox.url,
    testMode: true,
  };
  const inbox = config.smtpUrl === null ? await startInbox(join(config.dataDir, "inbox.jsonl")) : null;
  return { secretKey, operatorKey, webhookSecret, lemonSqueezy, packages, sandbox, inbox };
}
