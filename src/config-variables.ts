import { createPrivateKey } from "node:crypto";
import { z } from "zod";
import { credits, creditsFromNumber, parseCredits } from "./domain/money/credits.ts";

/** One environment variable: how its text is read, and an example that works, for the message when it does not. */
type Variable = { readonly schema: z.ZodType; readonly example: string };

const FIVE_CREDITS = credits(50_000n);

/** Every variable the service knows, as docs/configuration.md lists them. An empty value counts as not set. */
export const variables = {
  NODE_ENV: { schema: text().optional(), example: "production" },
  PORT: { schema: port().default(4100), example: "4100" },
  HOST: { schema: text().optional(), example: "0.0.0.0" },
  DATABASE_URL: {
    schema: url(["postgres", "postgresql"]).optional(),
    example: "postgres://airtime:password@db.internal:5432/airtime",
  },
  SMTP_URL: {
    schema: url(["smtp", "smtps"]).optional(),
    example: "smtps://user:password@mail.example.com:465",
  },
  AIRTIME_MAIL_FROM: { schema: sender().optional(), example: "Airtime <billing@example.com>" },
  AIRTIME_DATA_DIR: { schema: text().default(".airtime"), example: "/var/lib/airtime" },
  AIRTIME_DEMO: { schema: flag().optional(), example: "1" },
  AIRTIME_DEMO_TRAFFIC: { schema: flag().default(true), example: "0" },
  AIRTIME_SECRET_KEY: { schema: secret().optional(), example: "$(openssl rand -hex 32)" },
  AIRTIME_PREVIOUS_SECRET_KEY: { schema: secret().optional(), example: "the one before" },
  AIRTIME_OPERATOR_KEY: { schema: bearerToken().optional(), example: "$(openssl rand -hex 32)" },
  AIRTIME_BASE_URL: { schema: url(["http", "https"]).optional(), example: "https://billing.example.com" },
  AIRTIME_PG_PORT: { schema: port().optional(), example: "54329" },
  AIRTIME_SANDBOX_PORT: { schema: port().optional(), example: "4101" },
  AIRTIME_PACKAGES: {
    schema: packages().optional(),
    example: `[{"variant_id":"123456","name":"Starter","credits":10,"price":10}]`,
  },
  AIRTIME_WELCOME_CREDIT: { schema: amount().default(FIVE_CREDITS), example: "5.00" },
  AIRTIME_GRACE_LIMIT: { schema: amount().default(FIVE_CREDITS), example: "5.00" },
  AIRTIME_LOW_BALANCE: { schema: amount().default(FIVE_CREDITS), example: "5.00" },
  AIRTIME_SESSION_VALIDITY_SECONDS: { schema: wholeNumber(1, 86_400).default(60), example: "60" },
  AIRTIME_SETTLE_WINDOW_SECONDS: { schema: wholeNumber(1, 604_800).default(600), example: "600" },
  AIRTIME_RECONCILE_SECONDS: { schema: wholeNumber(1, 86_400).default(300), example: "300" },
  AIRTIME_CHECKPOINT_DIR: { schema: text().optional(), example: "/var/lib/airtime-checkpoints" },
  AIRTIME_CHECKPOINT_SECONDS: { schema: wholeNumber(0, 604_800).default(3_600), example: "3600" },
  AIRTIME_CHECKPOINT_URL: {
    schema: url(["http", "https"]).optional(),
    example: "https://archive.example.com/airtime",
  },
  AIRTIME_CHECKPOINT_KEY: {
    schema: signingKey().optional(),
    example: "$(openssl genpkey -algorithm ed25519 -outform DER | base64)",
  },
  AIRTIME_RATE_LIMIT: { schema: wholeNumber(1, 1_000_000).default(600), example: "600" },
  AIRTIME_SIGN_IN_RATE_LIMIT: { schema: wholeNumber(1, 1_000_000).default(20), example: "20" },
  AIRTIME_ONE_ORGANIZATION_PER_TRANSACTION: { schema: flag().default(false), example: "1" },
  AIRTIME_TRUSTED_PROXIES: { schema: addresses().default([]), example: "10.0.0.0/8,127.0.0.1" },
  AIRTIME_LOG_LEVEL: {
    schema: z
      .enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"], {
        error: "is not a log level (silent, fatal, error, warn, info, debug or trace)",
      })
      .default("info"),
    example: "info",
  },
  // The names are OpenTelemetry's own.
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: url(["http", "https"]).optional(),
    example: "http://otel-collector.internal:4318",
  },
  OTEL_SERVICE_NAME: { schema: text().default("airtime"), example: "airtime" },
  LEMONSQUEEZY_API_KEY: { schema: text().optional(), example: "eyJ0eXAiOiJKV1Qi…" },
  LEMONSQUEEZY_STORE_ID: {
    schema: z.string().regex(/^\d+$/, "is not a store number").optional(),
    example: "12345",
  },
  LEMONSQUEEZY_WEBHOOK_SECRET: { schema: webhookSecrets().optional(), example: "new-secret,old-secret" },
  LEMONSQUEEZY_API_URL: {
    schema: url(["http", "https"]).default("https://api.lemonsqueezy.com"),
    example: "https://api.lemonsqueezy.com",
  },
  LEMONSQUEEZY_TEST_MODE: { schema: flag().default(false), example: "1" },
} satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export type Values = { [Name in VariableName]: z.output<(typeof variables)[Name]["schema"]> };

function text() {
  return z.string().trim().min(1);
}

function secret() {
  return z.string().min(32, "is shorter than 32 characters");
}

/** What an Authorization header can carry after "Bearer" (RFC 6750, b64token): another key could never be used. */
function bearerToken() {
  const problem =
    "has characters that no bearer token has (allowed are letters, digits and - . _ ~ + /, and = at the end)";
  return secret().regex(/^[A-Za-z0-9._~+/-]+=*$/, problem);
}

/** A private Ed25519 key, PKCS #8 in DER, as base64. */
function signingKey() {
  return z
    .string()
    .transform((value) => Buffer.from(value, "base64"))
    .refine((der) => {
      try {
        return createPrivateKey({ key: der, format: "der", type: "pkcs8" }).asymmetricKeyType === "ed25519";
      } catch {
        return false;
      }
    }, "is no Ed25519 private key in base64");
}

function flag() {
  return z.enum(["0", "1"], { error: "is neither 0 nor 1" }).transform((value) => value === "1");
}

function wholeNumber(least: number, most: number) {
  const problem = `is not a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, problem)
    .transform(Number)
    .refine((value) => value >= least && value <= most, problem);
}

function port() {
  return wholeNumber(1, 65_535);
}

function url(schemes: readonly string[]) {
  const problem = `is not an address that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return z
    .string()
    .refine(
      (value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)),
      problem,
    );
}

/** An address, or a name and an address in angle brackets. */
function sender() {
  return z.string().transform((value, context) => {
    const { name, address } = /^(?<name>[^<>"\r\n]*)<(?<address>[^<>]+)>$/.exec(value.trim())?.groups ?? {};
    const parsed = z.email().safeParse(address ?? value.trim());
    if (parsed.success) return { name: name?.trim() || "Airtime", address: parsed.data };
    context.addIssue("is no mail address, with or without a name in front");
    return z.NEVER;
  });
}

function amount() {
  return z.string().transform((value, context) => {
    const parsed = parseCredits(value);
    if (parsed !== null && parsed >= 0n) return parsed;
    context.addIssue("is not an amount of credits: zero or more, at most 4 decimals");
    return z.NEVER;
  });
}

function list() {
  return z.string().transform((value) =>
    value
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  );
}

function addresses() {
  return list().refine((items) => items.every((item) => /^[0-9a-f:.]+(\/\d{1,3})?$/i.test(item)), {
    error: "is not a list of IP addresses or ranges, separated by commas",
  });
}

function webhookSecrets() {
  return list()
    .refine((items) => items.length >= 1 && items.length <= 2 && new Set(items).size === items.length, {
      error: "is neither one secret nor two different ones, the new and the old, separated by a comma",
    })
    .refine((items) => items.every((item) => item.length >= 6 && item.length <= 40), {
      // The provider takes no others: one of another length is not the one it signs with.
      error: "has a secret that is shorter than 6 or longer than 40 characters",
    });
}

function soldPackage() {
  return z
    .strictObject({
      variant_id: z.union([z.string().regex(/^\d+$/), z.int().positive().transform(String)]),
      name: z.string().min(1).max(100),
      credits: z.number().positive().transform(exactCredits),
      price: z.number().positive().transform(exactCents),
      currency: z.literal("USD").default("USD"),
    })
    .transform((item) => ({
      variantId: item.variant_id,
      name: item.name,
      credits: item.credits,
      priceCents: item.price,
      currency: item.currency,
    }));
}

export type Package = z.output<ReturnType<typeof soldPackage>>;

function packages() {
  return z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue("is not JSON");
        return z.NEVER;
      }
    })
    .pipe(z.array(soldPackage()).min(1))
    .refine((items) => new Set(items.map((item) => item.variantId)).size === items.length, {
      error: "names a variant_id twice",
    });
}

function exactCredits(value: number, context: z.RefinementCtx) {
  const exact = creditsFromNumber(value);
  if (exact !== null) return exact;
  context.addIssue("has more than 4 decimals");
  return z.NEVER;
}

function exactCents(value: number, context: z.RefinementCtx) {
  const exact = creditsFromNumber(value);
  if (exact !== null && exact % 100n === 0n) return Number(exact / 100n);
  context.addIssue("has more than 2 decimals");
  return z.NEVER;
}
