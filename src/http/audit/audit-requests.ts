import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import type { AuditLog } from "../../application/audit-ports.ts";
import type { AuditAction } from "../../domain/audit/audit-event.ts";
import type { Action } from "../../domain/policy/authorization.ts";
import { auditSignIns, type SignInAudit } from "./audit-sign-ins.ts";
import { type AuditHooks, finishing } from "./hooks.ts";
import { entryOf, operationOf, resultOf } from "./request-entry.ts";
import { createTrail } from "./trail.ts";

/** Has every route tell the audit log what it did, by the action it declares: no route can be forgotten. Reads are
 *  counted, changes written down in full, with their transaction or before their answer leaves. Charging is the ledger's own
 *  business: a route that charges tells only whom it refused, and costs nothing else. Installed before all routes. */
export function auditRequests(server: FastifyInstance, dependencies: AuditDependencies): void {
  const { log } = dependencies;
  const hooks = {
    refused: countRefused(log),
    read: countReads(log),
    changed: traceChanges(log),
    signedIn: auditSignIns(dependencies),
  };
  server.addHook("onRoute", (route) => {
    const kind = kindOf(route);
    if (kind === null) return;
    const { preValidation, preHandler, onSend, onResponse } = hooks[kind];
    if (preValidation !== undefined) route.preValidation = withHook(route.preValidation, preValidation);
    if (preHandler !== undefined) route.preHandler = withHook(route.preHandler, preHandler);
    if (onSend !== undefined) route.onSend = withHook(route.onSend, onSend);
    if (onResponse !== undefined) route.onResponse = withHook(route.onResponse, onResponse);
  });
}

export type AuditDependencies = SignInAudit;

type Kind = "refused" | "read" | "changed" | "signedIn";

function kindOf({ url, method, config }: RouteOptions): Kind | null {
  const action = config?.action;
  if (action === "public") return SIGN_INS.test(url) ? "signedIn" : url === PAYMENT_EVENTS ? "refused" : null;
  if (action === "charge") return "refused";
  const isRead = method === "GET" || method === "HEAD" || READ_BY_POST.has(url);
  // Who one is, and where one may go, is nothing about billing.
  if (action === "view_profile" && (isRead || url === "/api/auth/organization/set-active")) return null;
  return isRead ? "read" : "changed";
}

const SIGN_INS = /^\/api\/auth\/sign-/;
const PAYMENT_EVENTS = "/lemon-squeezy/webhook";
const READ_BY_POST: ReadonlySet<string> = new Set(["/api/billing/quotes"]);

/** A route that answers HEAD too is announced twice, the second time with the hooks of the first. */
function withHook<Hook>(present: Hook | Hook[] | undefined, added: Hook): Hook[] {
  const hooks = present === undefined ? [] : Array.isArray(present) ? present : [present];
  return hooks.includes(added) ? hooks : [added, ...hooks];
}

function countRefused(log: AuditLog): AuditHooks {
  return {
    onResponse(request, reply, done) {
      const { statusCode } = reply;
      if (statusCode === 401 || statusCode === 403) countOne(log, request, REFUSALS[statusCode]);
      done();
    },
  };
}

const REFUSALS = { 401: "unauthenticated", 403: "forbidden" } as const;

function countReads(log: AuditLog): AuditHooks {
  return {
    preHandler(request, _reply, done) {
      // An upgrade to a WebSocket has no answer to be seen on its way out.
      if (request.ws) countOne(log, request, "ok");
      done();
    },
    onSend(request, reply, payload, done) {
      countOne(log, request, resultOf(reply.statusCode, payload));
      done(null, payload);
    },
  };
}

function countOne(log: AuditLog, request: FastifyRequest, result: string): void {
  const operation = operationOf(request);
  const facts = { action: actionOf(request), operation: null, result };
  log.count(entryOf(request, { facts, details: { operations: { [operation]: 1 } } }));
}

/** Without valid credentials nobody came to do what the route does. */
function actionOf(request: FastifyRequest): AuditAction {
  const { action } = request.routeOptions.config;
  if (request.routeOptions.url === PAYMENT_EVENTS) return "receive_payment_event";
  return request.caller === null || action === undefined || action === "public" ? "authenticate" : action;
}

function traceChanges(log: AuditLog): AuditHooks {
  return {
    preValidation(request, _reply, done) {
      const { caller } = request;
      // Before the body is parsed to what the route works with: the log has it as it was sent.
      request.trail = createTrail(log, request, declaredAction(request));
      if (caller?.organizationId == null) return done();
      log.prepare(caller.organizationId).then(() => done(), done);
    },
    onSend(request, reply, payload, done) {
      if (request.caller === null) {
        countOne(log, request, resultOf(reply.statusCode, payload));
        return done(null, payload);
      }
      const trail = request.trail ?? createTrail(log, request, declaredAction(request));
      finishing(request, trail.finish(reply, payload)).then(() => done(null, payload));
    },
  };
}

function declaredAction(request: FastifyRequest): Action {
  const { action } = request.routeOptions.config;
  if (action === undefined || action === "public") throw new Error("a public route traces no changes");
  return action;
}
