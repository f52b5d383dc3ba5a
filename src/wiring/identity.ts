import type pg from "pg";
import type { Config } from "../config.ts";
import { cookieSecret, createBetterAuth, sessionCookieName } from "../http/better-auth.ts";
import { createKeyCache } from "../http/key-cache.ts";
import { registerIdentityRoutes } from "../http/routes/identity.ts";
import type { RegisterRoutes } from "../http/server.ts";
import { acceptInvitations } from "../storage/identity/accept-invitations.ts";
import { createAnswerStore } from "../storage/identity/answers.ts";
import { createCredentialReader } from "../storage/identity/credentials.ts";
import { newId } from "../storage/identity/new-id.ts";
import { createIdentityStore } from "../storage/identity/store.ts";
import { pendingMigrations } from "../storage/migrate.ts";
import { openOrganizationDatabases } from "../storage/organization-database.ts";
import type { MailPart } from "./mail.ts";
import type { Money } from "./money.ts";

/** People, organizations and keys: who asks, and the routes that change them. */
export function wireIdentity(settings: IdentitySettings) {
  const { pool, signInPool, config, secretKey, operatorKey, money, sealInvitation } = settings;
  const { baseUrl } = config;
  const credentials = createCredentialReader(pool);
  const keys = createKeyCache(credentials);
  const auth = createBetterAuth({
    pool: signInPool,
    baseUrl,
    secretKey,
    newId,
    findInvitedOrganization: (userId) => acceptInvitations(pool, userId),
  });
  const answers = createAnswerStore(pool, secretKey);
  const identity = createIdentityStore(pool);
  const databases = openOrganizationDatabases(pool);
  const storeOf = (organizationId: string) => createIdentityStore(databases.of(organizationId));
  const probe = () => readiness(pool);
  const routes: RegisterRoutes = (server) =>
    registerIdentityRoutes(server, {
      auth,
      baseUrl,
      probe,
      answers,
      identity: {
        listMembers: (organizationId) => storeOf(organizationId).listMembers(organizationId),
        listApiKeys: (organizationId) => storeOf(organizationId).listApiKeys(organizationId),
      },
      keys,
      keyMode: config.demo ? "test" : "live",
      newId,
      sealInvitation,
      policies: money.policies,
      openAccount: money.openAccount,
    });
  const sessions = { cookieName: sessionCookieName(baseUrl), cookieSecret: cookieSecret(secretKey) };
  return {
    routes,
    probe,
    answers,
    identity,
    auth,
    authentication: { operatorKey, keys, credentials, sessions },
  };
}

export type Identity = ReturnType<typeof wireIdentity>;

export type IdentitySettings = {
  readonly pool: pg.Pool;
  readonly signInPool: pg.Pool;
  readonly config: Config;
  readonly secretKey: string;
  readonly operatorKey: string | null;
  readonly money: Money;
  readonly sealInvitation: MailPart["sealInvitation"];
};

/** Ready: the database answers and has every migration. Never throws. */
async function readiness(pool: pg.Pool) {
  try {
    const pending = await pendingMigrations(pool);
    if (pending.length === 0) return { isReady: true as const };
    return { isReady: false as const, reason: `Migrations are missing: ${pending.join(", ")}.` };
  } catch {
    return { isReady: false as const, reason: "The database can't be reached." };
  }
}
