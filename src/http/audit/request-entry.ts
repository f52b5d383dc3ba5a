import type { FastifyRequest } from "fastify";
import type { AuditEntry } from "../../application/audit-ports.ts";
import {
  type AuditAction,
  type AuditActor,
  type AuditDetails,
  type AuditFacts,
  PLATFORM,
} from "../../domain/audit/audit-event.ts";
import { actorOf, impliedMembership, type Principal } from "../principal.ts";

/** What every entry about a request has in common: who asked, from where, for what, and when. */
export function entryOf(request: FastifyRequest, happened: Happened): AuditEntry {
  const principal = request.caller?.principal ?? null;
  const actor = principal === null ? ANONYMOUS : actorOf(principal);
  const now = Date.now();
  return {
    organizationId: happened.organizationId ?? organizationOf(request),
    facts: {
      actor: { type: actor.type, id: actor.id },
      operation: operationOf(request),
      subject: null,
      count: 1,
      occurredAt: now,
      lastAt: now,
      ...happened.facts,
    },
    details: { actorName: actor.name, ip: request.ip, userAgent: userAgentOf(request), ...happened.details },
  };
}

export type Happened = {
  /** Default: the one that the request is about, else the caller's own. */
  readonly organizationId?: string;
  readonly facts: Partial<AuditFacts> & { readonly action: AuditAction; readonly result: string };
  readonly details?: Partial<AuditDetails>;
};

/** The route, however it was asked: reading its headers only (HEAD) is reading. */
export function operationOf({ method, routeOptions }: FastifyRequest): string {
  return `${method === "HEAD" ? "GET" : method} ${routeOptions.url ?? "unknown"}`;
}

/** "ok", or the code of the problem that is answered. */
export function resultOf(statusCode: number, payload: unknown): string {
  if (statusCode < 400) return "ok";
  const code = fieldsOf(payload).code;
  return typeof code === "string" ? code : `status_${statusCode}`;
}

/** The fields of an answer's text; none where it is not a JSON object. */
export function fieldsOf(payload: unknown): Readonly<Record<string, unknown>> {
  if (typeof payload !== "string" || !payload.startsWith("{")) return {};
  return JSON.parse(payload);
}

const ANONYMOUS: AuditActor & { readonly name: null } = { type: "anonymous", id: null, name: null };

/** Where nobody else's organization is shown to whoever asked for it, the attempt is in the log of their own. */
function organizationOf({ caller }: FastifyRequest): string {
  if (caller === null) return PLATFORM;
  return caller.organizationId ?? homeOf(caller.principal) ?? PLATFORM;
}

function homeOf(principal: Principal): string | null {
  if (principal.kind === "operator") return null;
  if (principal.kind === "api_key") return principal.organizationId;
  return impliedMembership(principal.memberships, principal.activeOrganizationId)?.organizationId ?? null;
}

function userAgentOf({ headers }: FastifyRequest): string | null {
  return headers["user-agent"]?.slice(0, USER_AGENT_MAX) ?? null;
}

const USER_AGENT_MAX = 300;
