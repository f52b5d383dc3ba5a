import type { AddressInfo } from "node:net";
import type { FastifyBaseLogger } from "fastify";
import { Registry } from "prom-client";
import type { AccountPolicy, AccountPolicyChange } from "../../src/application/account-policy.ts";
import { credits } from "../../src/domain/money/credits.ts";
import { setSpendRules } from "../../src/domain/policy/spend-limit.ts";
import { cookieSecret, createBetterAuth, sessionCookieName } from "../../src/http/better-auth.ts";
import { createKeyCache } from "../../src/http/key-cache.ts";
import { createLogger } from "../../src/http/logger.ts";
import { registerIdentityRoutes } from "../../src/http/routes/identity.ts";
import { createServer, type RegisterRoutes } from "../../src/http/server.ts";
import { createPool, isTransient } from "../../src/storage/database.ts";
import { acceptInvitations } from "../../src/storage/identity/accept-invitations.ts";
import { createAnswerStore } from "../../src/storage/identity/answers.ts";
import { createCredentialReader } from "../../src/storage/identity/credentials.ts";
import { newId } from "../../src/storage/identity/new-id.ts";
import { createIdentityStore } from "../../src/storage/identity/store.ts";
import { createTestDatabase } from "../setup/database.ts";
import { type DatabaseGate, openGate } from "./database-gate.ts";

/** A listening server with the identity routes on a database of its own. Accounts are counted, not kept: they are the
 *  ledger's. `extra` adds routes to try conventions on. */
export async function startIdentityServer(options: ServerOptions = {}): Promise<IdentityServer> {
  const database = await createTestDatabase();
  const gate = await openGate(database.connectionString);
  const pool = createPool({ connectionString: gate.connectionString, connectTimeoutMs: 2_000 });
  const openedAccounts: string[] = [];
  const server = await createServer(dependenciesOn(pool, openedAccounts, options));
  await server.listen({ port: 0, host: "127.0.0.1" });
  const url = `http://127.0.0.1:${addressOf(server.server.address()).port}`;
  return {
    url,
    openedAccounts,
    pool,
    gate,
    stop: async () => {
      await server.close();
      await pool.end();
      await gate.stop();
      await database.drop();
    },
  };
}

export const OPERATOR_KEY = "operator-key-of-the-tests";

export type IdentityServer = {
  readonly url: string;
  readonly openedAccounts: readonly string[];
  readonly pool: ReturnType<typeof createPool>;
  /** What takes the database away and gives it back. */
  readonly gate: DatabaseGate;
  stop(): Promise<void>;
};

type ServerOptions = {
  readonly extra?: RegisterRoutes;
  readonly perCallerPerMinute?: number;
  readonly signInsPerAddressPerMinute?: number;
  readonly pageFolder?: string;
  readonly logger?: FastifyBaseLogger;
};

const BASE_URL = "http://airtime.test";
const SECRET_KEY = "a secret of the tests, 32 characters or more";

function dependenciesOn(
  pool: ReturnType<typeof createPool>,
  openedAccounts: string[],
  options: ServerOptions,
) {
  const credentials = createCredentialReader(pool);
  const keys = createKeyCache(credentials);
  const findInvitedOrganization = (userId: string) => acceptInvitations(pool, userId);
  const auth = createBetterAuth({
    pool,
    baseUrl: BASE_URL,
    secretKey: SECRET_KEY,
    newId,
    findInvitedOrganization,
  });
  const probe = () =>
    pool.query("select 1").then(
      () => ({ isReady: true as const }),
      () => ({ isReady: false as const, reason: "The database cannot be reached." }),
    );
  const identity = {
    auth,
    baseUrl: BASE_URL,
    probe,
    answers: createAnswerStore(pool, SECRET_KEY),
    identity: createIdentityStore(pool),
    keys,
    keyMode: "test" as const,
    newId,
    sealInvitation: async () => [],
    policies: policiesInMemory(),
    openAccount: async (organizationId: string) => void openedAccounts.push(organizationId),
  };
  return {
    settings: settingsOf(options),
    logger: options.logger ?? createLogger("silent"),
    registry: new Registry(),
    probe,
    isTransient,
    authentication: {
      operatorKey: OPERATOR_KEY,
      keys,
      credentials,
      sessions: { cookieName: sessionCookieName(BASE_URL), cookieSecret: cookieSecret(SECRET_KEY) },
    },
    routes: [
      (server: Parameters<RegisterRoutes>[0]) => registerIdentityRoutes(server, identity),
      options.extra ?? (() => {}),
    ],
  };
}

function settingsOf(options: ServerOptions) {
  return {
    version: "0.0.0",
    baseUrl: BASE_URL,
    trustedProxies: [],
    rateLimits: {
      perCallerPerMinute: options.perCallerPerMinute ?? 10_000,
      signInsPerAddressPerMinute: options.signInsPerAddressPerMinute ?? 10_000,
    },
    page: { folder: options.pageFolder ?? null },
    sandboxOrigin: null,
    checkAnswers: true,
  };
}

function policiesInMemory() {
  const policies = new Map<string, AccountPolicy>();
  const initial: AccountPolicy = {
    graceLimit: credits(50_000n),
    lowBalanceThreshold: credits(50_000n),
    alertEmails: [],
    spendLimits: [],
  };
  return {
    readAccountPolicy: async (organizationId: string) => policies.get(organizationId) ?? initial,
    updateAccountPolicy: async (organizationId: string, change: AccountPolicyChange) => {
      const { spendLimits: rules, ...rest } = change;
      const before = policies.get(organizationId) ?? initial;
      const spendLimits =
        rules === undefined
          ? before.spendLimits
          : setSpendRules(before.spendLimits, rules, [], Date.now()).limits;
      const policy = { ...before, ...rest, spendLimits };
      policies.set(organizationId, policy);
      return policy;
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return address;
}
