import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type Config, describeConfigErrors, readConfig } from "./config.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const PACKAGES = `[{"variant_id":123,"name":"Plus","credits":50.5,"price":47.25}]`;
const SHOP = {
  LEMONSQUEEZY_API_KEY: "key",
  LEMONSQUEEZY_STORE_ID: "42",
  LEMONSQUEEZY_WEBHOOK_SECRET: "new-secret, old-secret",
  AIRTIME_PACKAGES: PACKAGES,
};

describe("without any configuration", () => {
  test("it is a demo on port 4100 with the documented defaults", () => {
    expect(accepted({})).toMatchObject({
      demo: true,
      demoTraffic: true,
      port: 4100,
      host: "localhost",
      baseUrl: "http://localhost:4100",
      dataDir: resolve(".airtime"),
      databaseUrl: null,
      lemonSqueezy: null,
      welcomeCredit: 50_000n,
      graceLimit: 50_000n,
      lowBalance: 50_000n,
      sessionValiditySeconds: 60,
      settleWindowSeconds: 600,
      reconcileSeconds: 300,
      rateLimitPerMinute: 600,
      signInRateLimitPerMinute: 20,
      oneOrganizationPerTransaction: false,
    });
  });

  test("an empty value counts as not set", () => {
    expect(accepted({ DATABASE_URL: "", AIRTIME_SECRET_KEY: "", PORT: "" })).toMatchObject({
      demo: true,
      port: 4100,
    });
  });
});

describe("demo mode", () => {
  test.each([
    "PORT",
    "HOST",
    "AIRTIME_DATA_DIR",
    "AIRTIME_SESSION_VALIDITY_SECONDS",
    "AIRTIME_WELCOME_CREDIT",
  ])("stays on when only %s is set", (name) => expect(accepted({ [name]: "7" }).demo).toBe(true));

  test.each([
    ["DATABASE_URL", "postgres://a@b/c"],
    ["SMTP_URL", "smtp://mail"],
    ["AIRTIME_OPERATOR_KEY", SECRET],
  ])("ends when %s is set, and then a secret key is needed", (name, value) => {
    expect(mistakes({ [name]: value })).toEqual(["AIRTIME_SECRET_KEY"]);
    expect(accepted({ [name]: value, AIRTIME_SECRET_KEY: SECRET }).demo).toBe(false);
  });

  test("runs on a database of one's own when asked for by name", () => {
    const config = accepted({ AIRTIME_DEMO: "1", DATABASE_URL: "postgres://a@b/c" });
    expect(config).toMatchObject({ demo: true, databaseUrl: "postgres://a@b/c" });
  });

  test("is refused in production, and not the default there", () => {
    expect(mistakes({ AIRTIME_DEMO: "1", NODE_ENV: "production" })).toEqual(["AIRTIME_DEMO"]);
    expect(mistakes({ NODE_ENV: "production" })).toEqual(["AIRTIME_SECRET_KEY"]);
  });

  test("can be turned off with nothing else set", () => {
    expect(mistakes({ AIRTIME_DEMO: "0" })).toEqual(["AIRTIME_SECRET_KEY"]);
    expect(accepted({ AIRTIME_DEMO: "0", AIRTIME_SECRET_KEY: SECRET })).toMatchObject({
      demo: false,
      host: "0.0.0.0",
    });
  });
});

describe("Lemon Squeezy", () => {
  test("is configured by all of its variables, with two secrets during a rotation", () => {
    const config = accepted({ ...SHOP, AIRTIME_SECRET_KEY: SECRET });
    expect(config.lemonSqueezy).toEqual({
      apiKey: "key",
      storeId: "42",
      webhookSecrets: ["new-secret", "old-secret"],
      apiUrl: "https://api.lemonsqueezy.com",
      testMode: false,
    });
    expect(config.packages).toEqual([
      { variantId: "123", name: "Plus", credits: 505_000n, priceCents: 4725, currency: "USD" },
    ]);
  });

  test("every variable that is missing is named", () => {
    expect(mistakes({ AIRTIME_SECRET_KEY: SECRET, LEMONSQUEEZY_API_KEY: "key" })).toEqual([
      "LEMONSQUEEZY_STORE_ID",
      "LEMONSQUEEZY_WEBHOOK_SECRET",
      "AIRTIME_PACKAGES",
    ]);
  });
});

describe("amounts", () => {
  test("are read exactly to four decimals", () => {
    const config = accepted({
      AIRTIME_WELCOME_CREDIT: "0",
      AIRTIME_GRACE_LIMIT: "0.1001",
      AIRTIME_LOW_BALANCE: "12.3",
    });
    expect(config).toMatchObject({ welcomeCredit: 0n, graceLimit: 1_001n, lowBalance: 123_000n });
  });

  test.each(["-1", "1.00001", "1e3", "five", "1,5"])("%s is refused", (value) => {
    expect(mistakes({ AIRTIME_GRACE_LIMIT: value })).toEqual(["AIRTIME_GRACE_LIMIT"]);
  });
});

describe("mistakes", () => {
  test.each([
    ["PORT", "70000"],
    ["PORT", "http"],
    ["AIRTIME_DEMO", "true"],
    ["AIRTIME_SESSION_VALIDITY_SECONDS", "0"],
    ["AIRTIME_SECRET_KEY", "short"],
    ["AIRTIME_OPERATOR_KEY", "an operator's key that has spaces in it"],
    ["AIRTIME_OPERATOR_KEY", `${SECRET}\n`],
    ["AIRTIME_OPERATOR_KEY", `ключ-оператора-${SECRET}`],
    ["AIRTIME_OPERATOR_KEY", `${SECRET}=more`],
    ["AIRTIME_BASE_URL", "billing.example.com"],
    ["AIRTIME_LOG_LEVEL", "loud"],
    ["AIRTIME_TRUSTED_PROXIES", "proxy.local"],
    ["LEMONSQUEEZY_WEBHOOK_SECRET", "first-secret,second-secret,third-secret"],
    ["LEMONSQUEEZY_WEBHOOK_SECRET", "the-same,the-same"],
    ["LEMONSQUEEZY_WEBHOOK_SECRET", "short"],
    ["LEMONSQUEEZY_WEBHOOK_SECRET", `good-secret,${"x".repeat(41)}`],
    ["AIRTIME_PACKAGES", "[]"],
    ["AIRTIME_PACKAGES", "{"],
    ["AIRTIME_PACKAGES", `[{"variant_id":1,"name":"A","credits":10,"price":9.999}]`],
    ["AIRTIME_PACKAGES", `[{"variant_id":1,"name":"A","credit":10,"price":9}]`],
  ])("%s=%s is refused", (name, value) => {
    expect(mistakes({ AIRTIME_DEMO: "1", [name]: value })).toContain(name);
  });

  test("are all told at once, each with what to do and an example", () => {
    const outcome = readConfig({ PORT: "x", AIRTIME_DEMO: "0", AIRTIME_GRACE_LIMT: "1" });
    const text = outcome.kind === "refused" ? describeConfigErrors(outcome.errors) : "";
    expect(text).toContain("3 mistakes");
    expect(text).toContain("PORT is not a whole number from 1 to 65535.");
    expect(text).toContain("Example: PORT=4100");
    expect(text).toContain("AIRTIME_SECRET_KEY is not set.");
    expect(text).toContain("Did you mean AIRTIME_GRACE_LIMIT?");
  });

  test("never repeat a value: it may be a secret", () => {
    const outcome = readConfig({ AIRTIME_SECRET_KEY: "hunter2", DATABASE_URL: "mysql://root:hunter2@db" });
    const text = outcome.kind === "refused" ? describeConfigErrors(outcome.errors) : "hunter2";
    expect(text).not.toContain("hunter2");
  });

  test("names of other programs' variables are none of ours", () => {
    expect(accepted({ PGPORT: "x", HOME: "/root", npm_config_airtime: "1" }).demo).toBe(true);
  });
});

function accepted(env: Record<string, string>): Config {
  const outcome = readConfig(env);
  if (outcome.kind === "refused") throw new Error(describeConfigErrors(outcome.errors));
  return outcome.config;
}

function mistakes(env: Record<string, string>): string[] {
  const outcome = readConfig(env);
  return outcome.kind === "refused" ? outcome.errors.map(({ variable }) => variable) : [];
}
