import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { startLemonSqueezySandbox } from "../../sandbox/lemon-squeezy/start-sandbox.ts";
import { type CreditPackage, demoPackages } from "../../src/domain/payments/packages.ts";
import { clientOf } from "../http/api-client.ts";
import { freePort } from "../setup/free-port.ts";
import { cleanEnvironment, startServiceProcess } from "../setup/service-process.ts";

export const WEBHOOK_SECRET = "webhook-secret-of-the-tests";

/** The built service in a process of its own, in production's way, selling through a sandbox in this one: the payment
 *  provider lives on while the service is killed. The service reconciles when it starts, and when it is told to.
 *  @param random draws which webhooks the sandbox's faults strike. */
export async function startShopProcess(settings: {
  readonly connectionString: string;
  readonly random?: () => number;
}) {
  const { connectionString, random } = settings;
  const port = await freePort();
  const sandbox = await startLemonSqueezySandbox({
    port: 0,
    storeId: STORE_ID,
    webhookUrl: `http://127.0.0.1:${port}/lemon-squeezy/webhook`,
    webhookSecret: WEBHOOK_SECRET,
    variants: demoPackages,
    testMode: true,
    rateLimitPerMinute: 1_000_000,
    ...(random === undefined ? {} : { random }),
  });
  const env = {
    LEMONSQUEEZY_API_URL: sandbox.url,
    LEMONSQUEEZY_API_KEY: "key",
    LEMONSQUEEZY_STORE_ID: STORE_ID,
    LEMONSQUEEZY_WEBHOOK_SECRET: WEBHOOK_SECRET,
    LEMONSQUEEZY_TEST_MODE: "1",
    AIRTIME_PACKAGES: packagesVariable(demoPackages),
    AIRTIME_RECONCILE_SECONDS: "86400",
    AIRTIME_WELCOME_CREDIT: "0",
  };
  const service = await startServiceProcess({ connectionString, port, env });
  return {
    service,
    sandbox: clientOf(sandbox.url, { authorization: "Bearer any" }),
    /** Runs `airtime reconcile` as an operator would; what it printed. */
    async reconcile(...options: string[]): Promise<{ kind: string; credited: number; refunded: number }> {
      const { stdout } = await run(process.execPath, [resolve("bin/airtime.js"), "reconcile", ...options], {
        env: {
          ...cleanEnvironment(),
          ...env,
          DATABASE_URL: connectionString,
          AIRTIME_SECRET_KEY: SECRET_KEY,
        },
      });
      return JSON.parse(stdout);
    },
    async stop() {
      await service.kill();
      await sandbox.stop();
    },
  };
}

export type ShopProcess = Awaited<ReturnType<typeof startShopProcess>>;

/** AIRTIME_PACKAGES for these packages. */
export function packagesVariable(packages: readonly CreditPackage[]): string {
  return JSON.stringify(
    packages.map(({ variantId, name, credits, priceCents }) => ({
      variant_id: variantId,
      name,
      credits: Number(credits) / 10_000,
      price: priceCents / 100,
    })),
  );
}

const run = promisify(execFile);
const STORE_ID = "41000";
/** The one the service process has. */
const SECRET_KEY = "secret key of the tests, 32 characters";
