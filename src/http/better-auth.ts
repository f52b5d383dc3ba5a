import { hkdfSync } from "node:crypto";
import { betterAuth } from "better-auth";
import { bearer, organization } from "better-auth/plugins";
import type pg from "pg";

/** Sign-up, sign-in and sessions, by the sign-in library on our own tables (migrations/0002). Its own rate limits,
 *  origin checks and organization rules are not used: the routes that reach it (routes/auth.ts) apply ours.
 *  @param secretKey the service's secret; session cookies are signed with a key derived from it. */
export function createBetterAuth(settings: BetterAuthSettings) {
  const { pool, baseUrl, secretKey, newId, findInvitedOrganization } = settings;
  return betterAuth({
    baseURL: baseUrl,
    basePath: "/api/auth",
    secret: cookieSecret(secretKey),
    database: pool,
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    // Outages reach our error handler as what they are, instead of a 500 and a line on the console.
    onAPIError: { throw: true },
    emailAndPassword: { enabled: true, minPasswordLength: 8, maxPasswordLength: 128 },
    user: { modelName: "person", fields: { emailVerified: "email_verified", ...STAMPS } },
    session: {
      modelName: "person_session",
      fields: {
        userId: "user_id",
        expiresAt: "expires_at",
        ipAddress: "ip_address",
        userAgent: "user_agent",
        ...STAMPS,
      },
      expiresIn: SESSION_SECONDS,
      // A cookie cannot be prolonged by a read that does not set it again, so sessions simply end.
      disableSessionRefresh: true,
      // Changing a password needs the password, not a recent sign-in.
      freshAge: 0,
    },
    account: { modelName: "person_credential", fields: CREDENTIAL_FIELDS },
    verification: { modelName: "person_verification", fields: { expiresAt: "expires_at", ...STAMPS } },
    plugins: [bearer(), organization({ schema: ORGANIZATION_SCHEMA })],
    databaseHooks: {
      session: {
        create: {
          before: async (session) => ({
            data: {
              ...session,
              // The audit log has it, encrypted.
              userAgent: null,
              activeOrganizationId: await findInvitedOrganization(session.userId),
            },
          }),
        },
      },
      user: { create: { after: async (user) => void (await findInvitedOrganization(user.id)) } },
    },
    advanced: {
      cookiePrefix: "airtime",
      useSecureCookies: baseUrl.startsWith("https:"),
      ipAddress: { disableIpTracking: true },
      disableCSRFCheck: true,
      disableOriginCheck: true,
      database: { generateId: ({ model }) => newId(PREFIXES.get(model) ?? "aut") },
    },
  });
}

export type BetterAuthSettings = {
  readonly pool: pg.Pool;
  readonly baseUrl: string;
  readonly secretKey: string;
  /** A new time-ordered id with this prefix. */
  readonly newId: (prefix: string) => string;
  /** Lets the person into every organization that invited their address, and names the one they joined first, or
   *  null. Does nothing for a person who is not stored yet. */
  readonly findInvitedOrganization: (userId: string) => Promise<string | null>;
};

/** The key that signs session cookies. */
export function cookieSecret(secretKey: string): string {
  return Buffer.from(hkdfSync("sha256", secretKey, "", "airtime session cookies", 32)).toString("base64url");
}

/** The name of the session cookie; browsers accept the prefixed one over https only. */
export function sessionCookieName(baseUrl: string): string {
  return baseUrl.startsWith("https:") ? "__Secure-airtime.session_token" : "airtime.session_token";
}

const SESSION_SECONDS = 14 * 24 * 3_600;

const STAMPS = { createdAt: "created_at", updatedAt: "updated_at" };

const CREDENTIAL_FIELDS = {
  userId: "user_id",
  accountId: "account_id",
  providerId: "provider_id",
  accessToken: "access_token",
  refreshToken: "refresh_token",
  idToken: "id_token",
  accessTokenExpiresAt: "access_token_expires_at",
  refreshTokenExpiresAt: "refresh_token_expires_at",
  ...STAMPS,
};

const ORGANIZATION_SCHEMA = {
  session: { fields: { activeOrganizationId: "active_org_id" } },
  organization: { fields: { createdAt: "created_at" } },
  member: { fields: { organizationId: "org_id", userId: "user_id", createdAt: "created_at" } },
  invitation: {
    fields: {
      organizationId: "org_id",
      inviterId: "inviter_id",
      expiresAt: "expires_at",
      createdAt: "created_at",
    },
  },
};

const PREFIXES: ReadonlyMap<string, string> = new Map([
  ["user", "usr"],
  ["session", "sgn"],
  ["account", "crd"],
  ["verification", "vrf"],
  ["organization", "org"],
  ["member", "mem"],
  ["invitation", "inv"],
]);
