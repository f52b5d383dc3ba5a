import type { FastifyRequest } from "fastify";
import type { AuditEntry, AuditLog } from "../../application/audit-ports.ts";
import type { CredentialReader } from "../../application/identity-ports.ts";
import { type AuditAction, PLATFORM } from "../../domain/audit/audit-event.ts";
import type { SessionSettings } from "../authenticate.ts";
import { tokenOfBearer, tokenOfCookie } from "../session-token.ts";
import { type AuditHooks, finishing } from "./hooks.ts";
import { entryOf, resultOf } from "./request-entry.ts";

/** Writes down who signed in, up or out, and who tried: in the log of every organization that the person is in, or the
 *  platform's where there is none. A wrong password is noted as an attempt on the person, by nobody known. */
export function auditSignIns({ log, people, sessions }: SignInAudit): AuditHooks {
  const leaving = new WeakMap<FastifyRequest, KnownPerson>();

  async function write(request: FastifyRequest, result: string): Promise<void> {
    const action = actionOf(request);
    if (action === "sign_out") {
      const person = leaving.get(request);
      return person === undefined ? undefined : log.record(entriesOf(request, { action, result, person }));
    }
    const email = emailOf(request);
    if (email === null) return;
    // The same statements whether the address is known or not: how long it takes must not tell.
    const person = await people.findPersonByEmail(email);
    await log.record(entriesOf(request, { action, result, person }));
  }

  return {
    preHandler(request, _reply, done) {
      if (actionOf(request) !== "sign_out") return done();
      // Who leaves is known only as long as the session is.
      personOf(request, people, sessions).then((person) => {
        if (person !== null) leaving.set(request, person);
        done();
      }, done);
    },
    onSend(request, reply, payload, done) {
      const result = resultOf(reply.statusCode, payload);
      // What could not even be read is no attempt, and a flood of attempts is counted.
      if (result === "rate_limited")
        log.count(entryOf(request, { facts: { action: actionOf(request), result } }));
      const isAttempt = result === "ok" || ATTEMPTS.has(result);
      if (!isAttempt) return done(null, payload);
      finishing(request, write(request, result)).then(() => done(null, payload));
    },
  };
}

export type SignInAudit = {
  readonly log: AuditLog;
  readonly people: PeopleReader;
  readonly sessions: SessionSettings;
};

export type PeopleReader = Pick<CredentialReader, "findSession"> & {
  findPersonByEmail(email: string): Promise<KnownPerson | null>;
};

/** Somebody with an account, and the organizations they are in. */
export type KnownPerson = {
  readonly userId: string;
  readonly name: string;
  readonly organizationIds: readonly string[];
};

const ATTEMPTS: ReadonlySet<string> = new Set(["unauthenticated", "invalid", "foreign_origin", "not_found"]);

function actionOf({ routeOptions }: FastifyRequest): AuditAction {
  if (routeOptions.url?.startsWith("/api/auth/sign-up")) return "sign_up";
  return routeOptions.url?.startsWith("/api/auth/sign-out") ? "sign_out" : "sign_in";
}

function emailOf({ body }: FastifyRequest): string | null {
  const email: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "email") : null;
  return typeof email === "string" && email.length <= EMAIL_MAX && !email.includes("\0") ? email : null;
}

const EMAIL_MAX = 255;

async function personOf(
  { headers }: FastifyRequest,
  people: PeopleReader,
  { cookieName, cookieSecret }: SessionSettings,
): Promise<KnownPerson | null> {
  const { authorization, cookie } = headers;
  const bearer = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  const token =
    bearer === undefined
      ? tokenOfCookie(cookie ?? "", cookieName, cookieSecret)
      : tokenOfBearer(bearer, cookieSecret);
  const found = token === null ? null : await people.findSession(token);
  if (found === null) return null;
  const organizationIds = found.memberships.map(({ organizationId }) => organizationId);
  return { userId: found.userId, name: found.name, organizationIds };
}

function entriesOf(
  request: FastifyRequest,
  { action, result, person }: { action: AuditAction; result: string; person: KnownPerson | null },
): AuditEntry[] {
  const isProven = result === "ok" && person !== null;
  const actor = isProven ? { type: "user" as const, id: person.userId } : undefined;
  const email = emailOf(request);
  const facts = {
    action,
    result,
    subject: person?.userId ?? null,
    ...(actor === undefined ? {} : { actor }),
  };
  const details = {
    actorName: isProven ? person.name : null,
    ...(email === null ? {} : { input: { email } }),
  };
  const ids = person?.organizationIds ?? [];
  return (ids.length === 0 ? [PLATFORM] : ids).map((organizationId) =>
    entryOf(request, { organizationId, facts, details }),
  );
}
