import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { CredentialReader } from "../../application/identity-ports.ts";
import { assertNever } from "../../domain/assert.ts";
import { mayAct } from "../../domain/policy/authorization.ts";
import type { SessionSettings } from "../authenticate.ts";
import { type Principal, viewWithin } from "../principal.ts";
import { tokenOfBearer, tokenOfCookie } from "../session-token.ts";

/** Whether whoever opened a connection may still look at the organization's billing: the key is not revoked, the
 *  person still signed in and a member. Asked of the database each time. */
export function createAccessCheck({ credentials, sessions }: AccessDependencies): AccessCheck {
  async function recognise({ principal, credential }: StreamAccess): Promise<Principal | null> {
    switch (principal.kind) {
      case "operator":
        return principal;
      case "api_key": {
        const key = await credentials.findKeyByHash(createHash("sha256").update(credential.token).digest());
        return key === null ? null : { kind: "api_key", ...key };
      }
      case "user": {
        const token = tokenOf(credential, sessions);
        const person = token === null ? null : await credentials.findSession(token);
        return person === null ? null : { kind: "user", ...person };
      }
      default:
        return assertNever(principal);
    }
  }
  return async (access) => {
    const principal = await recognise(access);
    return (
      principal !== null && mayAct(viewWithin(principal, access.organizationId), "view_billing") === "allowed"
    );
  };
}

export type AccessDependencies = {
  readonly credentials: Pick<CredentialReader, "findKeyByHash" | "findSession">;
  readonly sessions: SessionSettings;
};

export type AccessCheck = (access: StreamAccess) => Promise<boolean>;

/** Who listens to what, and how they showed who they are. */
export type StreamAccess = {
  readonly organizationId: string;
  readonly principal: Principal;
  readonly credential: StreamCredential;
};

type StreamCredential = { readonly kind: "bearer" | "cookie"; readonly token: string };

/** What an authenticated request was recognised by: the Authorization header before the cookie. */
export function credentialOf({ authorization, cookie = "" }: IncomingHttpHeaders): StreamCredential {
  if (authorization === undefined) return { kind: "cookie", token: cookie };
  return { kind: "bearer", token: authorization.replace(/^bearer +/i, "").trimEnd() };
}

function tokenOf({ kind, token }: StreamCredential, sessions: SessionSettings): string | null {
  return kind === "cookie"
    ? tokenOfCookie(token, sessions.cookieName, sessions.cookieSecret)
    : tokenOfBearer(token, sessions.cookieSecret);
}
