import type { FastifyReply, FastifyRequest } from "fastify";
import type { AuditEntry, AuditLog, AuditStore } from "../../application/audit-ports.ts";
import { type AuditAction, type AuditObject, PLATFORM } from "../../domain/audit/audit-event.ts";
import type { Action } from "../../domain/policy/authorization.ts";
import { redacted } from "./redact.ts";
import { entryOf, fieldsOf, resultOf } from "./request-entry.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What the audit log will say of a change; null on routes that make none. */
    trail: Trail | null;
  }
}

/** Follows one change from its request to the audit log. */
export type Trail = {
  /** As it was before, where the answer says how it is now. */
  before: object | null;
  /** Writes the change down in its own transaction, so that there is none without the other. */
  appendTo(store: AuditStore, answer: object): Promise<void>;
  /** Writes down what was answered, unless that is done. */
  finish(reply: FastifyReply, payload: unknown): Promise<void>;
};

export function createTrail(log: AuditLog, request: FastifyRequest, action: Action): Trail {
  const input = redacted(request.body);
  let isAppended = false;
  const trail: Trail = {
    before: null,
    async appendTo(store, answer) {
      // An organization that is just being made has no key at hand: it is told right after.
      if (request.caller?.organizationId == null) return;
      await store.appendAudit([await log.draft(changeOf(answer))]);
      isAppended = true;
    },
    async finish(reply, payload) {
      const isRefused = reply.statusCode >= 400;
      // Answered again from what is kept: nothing was changed a second time.
      if (reply.hasHeader("idempotent-replayed") || (isAppended && !isRefused)) return;
      await log.record(
        isRefused ? [refusalOf(reply.statusCode, payload)] : copies(changeOf(fieldsOf(payload))),
      );
    },
  };
  return trail;

  function changeOf(answer: object): AuditEntry {
    const after = contentsOf(answer);
    const created = Reflect.get(answer, "organization");
    const organizationId = idIn(created) ?? namedOrganization(request, input);
    const before = redacted(trail.before);
    return entryOf(request, {
      ...(organizationId === null ? {} : { organizationId }),
      facts: { action: actionFor(request, action), subject: subjectOf(request, after), result: "ok" },
      details: {
        ...(before === null ? {} : { before }),
        ...(Object.keys(after).length === 0 ? {} : { after }),
      },
    });
  }

  function refusalOf(statusCode: number, payload: unknown): AuditEntry {
    const result = resultOf(statusCode, payload);
    const details = input === null ? {} : { input };
    return entryOf(request, {
      facts: { action: actionFor(request, action), subject: subjectOf(request, {}), result },
      details,
    });
  }

  /** What people change about themselves concerns every organization that they are in. */
  function copies(entry: AuditEntry): AuditEntry[] {
    const { caller } = request;
    if (action !== "view_profile" || caller?.principal.kind !== "user") return [entry];
    const ids = caller.principal.memberships.map(({ organizationId }) => organizationId);
    return (ids.length === 0 ? [PLATFORM] : ids).map((organizationId) => ({ ...entry, organizationId }));
  }
}

/** Prices for one organization are no less its business for being the operator's to set. */
function namedOrganization({ caller }: FastifyRequest, input: AuditObject | null): string | null {
  if (caller?.principal.kind !== "operator" || caller.organizationId !== null) return null;
  const named = input?.organization_id;
  return typeof named === "string" ? named : PLATFORM;
}

function contentsOf(answer: object): AuditObject {
  const { success: _, ...contents } = redacted(answer) ?? {};
  return contents;
}

/** What the path names beside the organization, else what was made. */
function subjectOf({ params, routeOptions }: FastifyRequest, after: AuditObject): string | null {
  const isOrganizations = routeOptions.url?.startsWith("/api/organizations/:id") ?? false;
  const named = Object.entries(typeof params === "object" && params !== null ? params : {})
    .filter(([name]) => name !== "organization_id" && !(isOrganizations && name === "id"))
    .map(([, value]) => String(value).slice(0, SUBJECT_MAX));
  // A name that the database can't store is none that anything has.
  if (named.length > 0) return named.every((name) => !name.includes("\0")) ? named.join("/") : null;
  const ids = [Reflect.get(after, "checkout_id"), ...Object.values(after).map(idIn)];
  return ids.find((id) => typeof id === "string") ?? null;
}

function idIn(part: unknown): string | null {
  if (typeof part !== "object" || part === null) return null;
  const id: unknown = Reflect.get(part, "id") ?? Reflect.get(part, "user_id") ?? Reflect.get(part, "version");
  return typeof id === "string" || typeof id === "number" ? String(id) : null;
}

const SUBJECT_MAX = 255;

/** Some of what people do about themselves has a name of its own in the log. */
function actionFor({ routeOptions }: FastifyRequest, action: Action): AuditAction {
  return PERSONAL.get(routeOptions.url ?? "") ?? action;
}

const PERSONAL: ReadonlyMap<string, AuditAction> = new Map([
  ["/api/auth/change-password", "change_password"],
  ["/api/auth/revoke-other-sessions", "sign_out"],
  ["/api/auth/update-user", "change_profile"],
]);
