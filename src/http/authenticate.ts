import { hash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { CredentialReader } from "../application/identity-ports.ts";
import type { Actor, KeyCredential } from "../domain/policy/organization.ts";
import type { KeyCache } from "./key-cache.ts";
import { isForeignOrigin } from "./origin.ts";
import { actorOf, type Principal } from "./principal.ts";
import { sendProblem } from "./problems.ts";
import { tokenOfBearer, tokenOfCookie } from "./session-token.ts";

/** Recognises the caller of every route whose action is not "public", before the body is read, and answers 401 when
 *  there is none. Gives requests `principal`, `organizationId` and `actor`; reading one that the route's action does
 *  not imply is a fault. A session cookie sent by a page of another origin changes nothing: 403 "foreign_origin". */
export function installAuthentication(
  server: FastifyInstance,
  dependencies: AuthenticationDependencies,
): void {
  const operatorDigest = dependencies.operatorKey === null ? null : digestOf(dependencies.operatorKey);
  decorateRequests(server);
  server.addHook("onRequest", (request, reply, done) => {
    if (request.is404 || request.routeOptions.config.action === "public") return done();
    const credential = credentialOf(request, dependencies.sessions.cookieName);
    const principal = credential === null ? null : recognise(credential, operatorDigest, dependencies);
    // A key in use is known at once, and charging is not to wait for so much as a promise.
    if (principal instanceof Promise) principal.then(admit, done);
    else admit(principal);

    function admit(caller: Principal | null): void {
      if (caller === null) return void sendProblem(reply, "unauthenticated");
      if (credential?.kind === "cookie" && isForeignOrigin(request, dependencies.baseUrl)) {
        return void sendProblem(reply, "foreign_origin");
      }
      request.caller = { principal: caller, organizationId: null };
      done();
    }
  });
}

export type AuthenticationDependencies = {
  readonly operatorKey: string | null;
  readonly baseUrl: string;
  readonly keys: KeyCache;
  readonly credentials: CredentialReader;
  readonly sessions: SessionSettings;
};

/** How a session cookie is called and signed. */
export type SessionSettings = { readonly cookieName: string; readonly cookieSecret: string };

type Caller = { readonly principal: Principal; readonly organizationId: string | null };

declare module "fastify" {
  interface FastifyRequest {
    /** Set by authentication, completed by authorization; null on public routes. */
    caller: Caller | null;
    readonly principal: Principal;
    /** The organization the request is about: named by path, body or query, else the session's, else the key's. */
    readonly organizationId: string;
    readonly actor: Actor;
  }
}

function decorateRequests(server: FastifyInstance): void {
  server.decorateRequest("caller", null);
  server.decorateRequest("principal", {
    getter(this: FastifyRequest) {
      return callerOf(this).principal;
    },
  });
  server.decorateRequest("actor", {
    getter(this: FastifyRequest) {
      return actorOf(callerOf(this).principal);
    },
  });
  server.decorateRequest("organizationId", {
    getter(this: FastifyRequest) {
      const { organizationId } = callerOf(this);
      if (organizationId === null) throw new Error(`${this.routeOptions.url} is about no organization`);
      return organizationId;
    },
  });
}

function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Error(`${request.routeOptions.url} is public: it has no caller`);
  return request.caller;
}

type Credential =
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "cookie"; readonly header: string };

/** The Authorization header decides when there is one: a page cannot make another origin's browser send it. */
function credentialOf(request: FastifyRequest, cookieName: string): Credential | null {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    return token === undefined ? null : { kind: "bearer", token };
  }
  if (cookie?.includes(`${cookieName}=`)) return { kind: "cookie", header: cookie };
  return null;
}

function recognise(
  credential: Credential,
  operatorDigest: Buffer | null,
  dependencies: AuthenticationDependencies,
): Principal | null | Promise<Principal | null> {
  const { keys, sessions, credentials } = dependencies;
  if (credential.kind === "cookie") {
    const { cookieName, cookieSecret } = sessions;
    return personPrincipal(tokenOfCookie(credential.header, cookieName, cookieSecret), credentials);
  }
  const digest = digestOf(credential.token);
  if (operatorDigest !== null && timingSafeEqual(digest, operatorDigest)) return { kind: "operator" };
  if (credential.token.startsWith("air_")) {
    const key = keys.find(digest);
    return key instanceof Promise ? key.then(keyPrincipal) : keyPrincipal(key);
  }
  return personPrincipal(tokenOfBearer(credential.token, sessions.cookieSecret), credentials);
}

function keyPrincipal(key: KeyCredential | null): Principal | null {
  return key === null ? null : { kind: "api_key", ...key };
}

async function personPrincipal(
  token: string | null,
  credentials: CredentialReader,
): Promise<Principal | null> {
  const person = token === null ? null : await credentials.findSession(token);
  return person === null ? null : { kind: "user", ...person };
}

function digestOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}
