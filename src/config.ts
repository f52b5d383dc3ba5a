import { resolve } from "node:path";
import { type Package, type Values, type VariableName, variables } from "./config-variables.ts";
import type { Credits } from "./domain/money/credits.ts";

/** Everything the service is told from outside, read once at start. Amounts are exact, paths absolute. */
export type Config = {
  readonly demo: boolean;
  readonly demoTraffic: boolean;
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Where browsers find the page; without a trailing slash. */
  readonly baseUrl: string;
  readonly dataDir: string;
  /** null: the embedded PostgreSQL of the data directory. */
  readonly databaseUrl: string | null;
  /** null: a free port, as for sandboxPort. */
  readonly postgresPort: number | null;
  readonly sandboxPort: number | null;
  /** null only in demo mode, which keeps one of its own in the data directory. */
  readonly secretKey: string | null;
  /** While it is being changed. */
  readonly previousSecretKey: string | null;
  /** null: nobody may act as the operator over HTTP (in demo mode: one is made). */
  readonly operatorKey: string | null;
  /** null: nothing can be bought (in demo mode: the sandbox is used). */
  readonly lemonSqueezy: LemonSqueezyConfig | null;
  /** null only where lemonSqueezy is null too. */
  readonly packages: readonly Package[] | null;
  /** null: no mail is sent (in demo mode: it goes to the built-in inbox). */
  readonly smtpUrl: string | null;
  readonly mailFrom: { readonly name: string; readonly address: string };
  readonly welcomeCredit: Credits;
  readonly graceLimit: Credits;
  readonly lowBalance: Credits;
  readonly sessionValiditySeconds: number;
  readonly settleWindowSeconds: number;
  readonly reconcileSeconds: number;
  readonly checkpoints: CheckpointConfig;
  readonly rateLimitPerMinute: number;
  readonly signInRateLimitPerMinute: number;
  /** For a database that keeps organizations on different machines. Source: docs/citus.md. */
  readonly oneOrganizationPerTransaction: boolean;
  readonly trustedProxies: readonly string[];
  readonly logLevel: Values["AIRTIME_LOG_LEVEL"];
  /** null: no traces are made. */
  readonly traces: TracesConfig | null;
};

export type CheckpointConfig = {
  readonly directory: string;
  /** 0: none are made. */
  readonly everySeconds: number;
  /** Where each is posted to as well. */
  readonly url: string | null;
  /** null: the data directory's. */
  readonly key: Buffer | null;
};

export type TracesConfig = {
  /** Base address of an OTLP/HTTP collector; without a trailing slash. */
  readonly endpoint: string;
  readonly serviceName: string;
};

export type LemonSqueezyConfig = {
  readonly apiKey: string;
  readonly storeId: string;
  /** Two while one is being replaced by the other; either is accepted. */
  readonly webhookSecrets: readonly string[];
  readonly apiUrl: string;
  readonly testMode: boolean;
};

/** One mistake: which variable, what is wrong with it, what to do, and a value that works. */
export type ConfigError = {
  readonly variable: string;
  readonly problem: string;
  readonly remedy: string;
  readonly example: string | null;
};

export type ConfigOutcome =
  | { readonly kind: "ready"; readonly config: Config }
  | { readonly kind: "refused"; readonly errors: readonly ConfigError[] };

/** A command that only looks at the database, or adds to it without personal data, needs no secret key. */
export type ConfigPurpose = "serve" | "command";

/** Reads the configuration from environment variables; finds every mistake at once, not only the first.
 *  Demo mode is on without being asked for only while none of DEMO_ENDS_WITH is set, and never in production. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  purpose: ConfigPurpose = "serve",
): ConfigOutcome {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const { values, errors } = readValues(set);
  const demo = isDemo(set);
  errors.push(...unknownNames(Object.keys(set)), ...conflicts(set, demo, purpose));
  if (errors.length > 0) return { kind: "refused", errors };
  return { kind: "ready", config: toConfig(values, demo) };
}

/** The mistakes as text for a terminal, one paragraph each. No value is repeated: it may be a secret. */
export function describeConfigErrors(errors: readonly ConfigError[]): string {
  const paragraphs = errors.map(({ variable, problem, remedy, example }) => {
    const suggestion = example === null ? "" : `\n    Example: ${variable}=${example}`;
    return `  ${variable} ${problem}.\n    ${remedy}${suggestion}`;
  });
  const count = errors.length === 1 ? "1 mistake" : `${errors.length} mistakes`;
  return `Airtime can't start: ${count} in its configuration.\n\n${paragraphs.join("\n\n")}\n`;
}

/** What marks a deployment. Addresses, ports, directories and tuning (PORT, AIRTIME_DATA_DIR, AIRTIME_GRACE_LIMIT, …)
 *  do not: a demo may be tuned. */
const DEMO_ENDS_WITH = [
  "DATABASE_URL",
  "SMTP_URL",
  "AIRTIME_SECRET_KEY",
  "AIRTIME_OPERATOR_KEY",
  "AIRTIME_PACKAGES",
  "LEMONSQUEEZY_API_KEY",
  "LEMONSQUEEZY_STORE_ID",
  "LEMONSQUEEZY_WEBHOOK_SECRET",
  "LEMONSQUEEZY_API_URL",
  "LEMONSQUEEZY_TEST_MODE",
] satisfies VariableName[];

const LEMON_SQUEEZY_TOGETHER = [
  "LEMONSQUEEZY_API_KEY",
  "LEMONSQUEEZY_STORE_ID",
  "LEMONSQUEEZY_WEBHOOK_SECRET",
] satisfies VariableName[];

type SetVariables = Readonly<Record<string, string | undefined>>;

function isDemo(set: SetVariables): boolean {
  if (set.AIRTIME_DEMO !== undefined) return set.AIRTIME_DEMO === "1";
  return set.NODE_ENV !== "production" && DEMO_ENDS_WITH.every((name) => set[name] === undefined);
}

function readValues(set: SetVariables): { values: Values; errors: ConfigError[] } {
  const errors: ConfigError[] = [];
  const values: Record<string, unknown> = {};
  for (const [variable, { schema, example }] of Object.entries(variables)) {
    const parsed = schema.safeParse(set[variable]);
    if (parsed.success) values[variable] = parsed.data;
    else errors.push({ variable, ...firstProblem(parsed.error.issues), example });
  }
  // A parser: each value was just read by the schema that Values takes its type from, or errors is not empty.
  return { values: values as Values, errors };
}

function firstProblem(issues: readonly { path: readonly PropertyKey[]; message: string }[]) {
  const issue = issues[0];
  const where = issue?.path.length ? `is wrong at ${issue.path.join(".")}: ` : "";
  return {
    problem: `${where}${issue?.message ?? "is not valid"}`,
    remedy: "Correct it, or unset it if it has a default.",
  };
}

function conflicts(set: SetVariables, demo: boolean, purpose: ConfigPurpose): ConfigError[] {
  const errors: ConfigError[] = [];
  if (set.AIRTIME_DEMO === "1" && set.NODE_ENV === "production") {
    errors.push({
      variable: "AIRTIME_DEMO",
      problem: "is 1 while NODE_ENV is production",
      remedy: "Demo mode lets anybody sign in as anybody: set it to 0 here, or unset NODE_ENV.",
      example: "0",
    });
  }
  if (!demo && purpose === "serve" && set.AIRTIME_SECRET_KEY === undefined) {
    errors.push({
      variable: "AIRTIME_SECRET_KEY",
      problem: "is not set",
      remedy:
        "It encrypts personal data at rest: make one and keep it safe. To only try Airtime out, set AIRTIME_DEMO=1.",
      example: variables.AIRTIME_SECRET_KEY.example,
    });
  }
  const paid = LEMON_SQUEEZY_TOGETHER.some((name) => set[name] !== undefined);
  const needed = paid ? ([...LEMON_SQUEEZY_TOGETHER, "AIRTIME_PACKAGES"] as const) : [];
  for (const variable of needed) {
    if (set[variable] !== undefined) continue;
    errors.push({
      variable,
      problem: "is not set, though Lemon Squeezy is configured",
      remedy: `Set all of ${needed.join(", ")}, or none of them to sell nothing.`,
      example: variables[variable].example,
    });
  }
  return errors;
}

/** A misspelled name would leave its default in force, unseen, and some of these are about money. */
function unknownNames(names: readonly string[]): ConfigError[] {
  return names
    .filter((name) => /^(AIRTIME|LEMONSQUEEZY)_/.test(name) && !(name in variables))
    .map((variable) => ({
      variable,
      problem: "is not a variable Airtime knows",
      remedy: `Did you mean ${nearestName(variable)}? Rename or unset it.`,
      example: null,
    }));
}

function nearestName(name: string): string {
  const distances = Object.keys(variables).map((known) => ({ known, distance: editDistance(name, known) }));
  return distances.reduce((best, next) => (next.distance < best.distance ? next : best)).known;
}

/** Levenshtein distance: insertions, deletions and replacements from one word to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

function toConfig(values: Values, demo: boolean): Config {
  return {
    demo,
    demoTraffic: values.AIRTIME_DEMO_TRAFFIC,
    production: values.NODE_ENV === "production",
    port: values.PORT,
    // A demo signs anybody in with one click, so it stays on this machine unless told otherwise.
    host: values.HOST ?? (demo ? "localhost" : "0.0.0.0"),
    baseUrl: (values.AIRTIME_BASE_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, ""),
    dataDir: resolve(values.AIRTIME_DATA_DIR),
    databaseUrl: values.DATABASE_URL ?? null,
    postgresPort: values.AIRTIME_PG_PORT ?? null,
    sandboxPort: values.AIRTIME_SANDBOX_PORT ?? null,
    secretKey: values.AIRTIME_SECRET_KEY ?? null,
    previousSecretKey: values.AIRTIME_PREVIOUS_SECRET_KEY ?? null,
    operatorKey: values.AIRTIME_OPERATOR_KEY ?? null,
    lemonSqueezy: lemonSqueezyOf(values),
    packages: values.AIRTIME_PACKAGES ?? null,
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.AIRTIME_MAIL_FROM ?? { name: "Airtime", address: `airtime@${hostOf(values)}` },
    welcomeCredit: values.AIRTIME_WELCOME_CREDIT,
    graceLimit: values.AIRTIME_GRACE_LIMIT,
    lowBalance: values.AIRTIME_LOW_BALANCE,
    sessionValiditySeconds: values.AIRTIME_SESSION_VALIDITY_SECONDS,
    settleWindowSeconds: values.AIRTIME_SETTLE_WINDOW_SECONDS,
    reconcileSeconds: values.AIRTIME_RECONCILE_SECONDS,
    checkpoints: {
      directory: resolve(values.AIRTIME_CHECKPOINT_DIR ?? `${values.AIRTIME_DATA_DIR}/checkpoints`),
      everySeconds: values.AIRTIME_CHECKPOINT_SECONDS,
      url: values.AIRTIME_CHECKPOINT_URL ?? null,
      key: values.AIRTIME_CHECKPOINT_KEY ?? null,
    },
    rateLimitPerMinute: values.AIRTIME_RATE_LIMIT,
    signInRateLimitPerMinute: values.AIRTIME_SIGN_IN_RATE_LIMIT,
    oneOrganizationPerTransaction: values.AIRTIME_ONE_ORGANIZATION_PER_TRANSACTION,
    trustedProxies: values.AIRTIME_TRUSTED_PROXIES,
    logLevel: values.AIRTIME_LOG_LEVEL,
    traces: tracesOf(values),
  };
}

/** The host where browsers find the page. */
function hostOf(values: Values): string {
  return values.AIRTIME_BASE_URL === undefined ? "localhost" : new URL(values.AIRTIME_BASE_URL).hostname;
}

function tracesOf(values: Values): TracesConfig | null {
  const endpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return null;
  return { endpoint: endpoint.replace(/\/+$/, ""), serviceName: values.OTEL_SERVICE_NAME };
}

function lemonSqueezyOf(values: Values): LemonSqueezyConfig | null {
  const { LEMONSQUEEZY_API_KEY: apiKey, LEMONSQUEEZY_STORE_ID: storeId } = values;
  const webhookSecrets = values.LEMONSQUEEZY_WEBHOOK_SECRET;
  if (apiKey === undefined || storeId === undefined || webhookSecrets === undefined) return null;
  return {
    apiKey,
    storeId,
    webhookSecrets,
    apiUrl: values.LEMONSQUEEZY_API_URL.replace(/\/+$/, ""),
    testMode: values.LEMONSQUEEZY_TEST_MODE,
  };
}
