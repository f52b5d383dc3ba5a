import type { FastifyInstance, FastifyRequest } from "fastify";
import { assertNever } from "../domain/assert.ts";
import { type Action, isAboutOrganization, mayAct } from "../domain/policy/authorization.ts";
import { impliedMembership, type Principal, viewWithin } from "./principal.ts";
import { sendInvalid, sendProblem } from "./problems.ts";

/** Decides, for every route, which organization a request is about and whether its caller may do what the route does:
 *  404 when the organization is not theirs, then 403, both before the fields are validated (422).
 *  A route that does not declare its action stops the server from starting. Source: contract, "Who". */
export function installAuthorization(server: FastifyInstance, organizations: OrganizationReader): void {
  server.addHook("onRoute", (route) => {
    if (route.config?.action === undefined) throw new Error(`route ${route.url} declares no action`);
  });
  const known = rememberOrganizations(organizations);
  server.addHook("preValidation", async (request, reply) => {
    const { caller } = request;
    const { action } = request.routeOptions.config;
    if (caller === null || action === undefined || action === "public") return;
    if (!isAboutOrganization(action)) return refuseUnlessAllowed(null);
    const choice = await chooseOrganization(request, caller.principal, known);
    switch (choice.kind) {
      case "not_found":
        return sendProblem(reply, "not_found");
      case "unnamed":
        return sendInvalid(reply, [{ path: "organization_id", message: choice.message }]);
      case "chosen":
        return refuseUnlessAllowed(choice.organizationId);
      default:
        return assertNever(choice);
    }

    function refuseUnlessAllowed(organizationId: string | null) {
      if (caller === null || action === undefined || action === "public") return undefined;
      request.caller = { principal: caller.principal, organizationId };
      const verdict = mayAct(viewWithin(caller.principal, organizationId), action);
      return verdict === "allowed" ? undefined : sendProblem(reply, verdict);
    }
  });
}

export type OrganizationReader = { organizationExists(organizationId: string): Promise<boolean> };

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route does, or "public" when anybody may ask. */
    action?: Action | "public";
  }
}

type Choice =
  | { readonly kind: "chosen"; readonly organizationId: string }
  | { readonly kind: "not_found" }
  | { readonly kind: "unnamed"; readonly message: string };

async function chooseOrganization(
  request: FastifyRequest,
  principal: Principal,
  known: OrganizationReader,
): Promise<Choice> {
  const named = namedOrganizations(request);
  for (const id of named) {
    if (!(await belongsTo(principal, id, known))) return { kind: "not_found" };
  }
  const [first, second] = named;
  if (second !== undefined) return { kind: "unnamed", message: "Two different organizations are named" };
  return first === undefined ? impliedOrganization(principal) : { kind: "chosen", organizationId: first };
}

/** Without a name: the session's active organization, else the key's. */
function impliedOrganization(principal: Principal): Choice {
  switch (principal.kind) {
    case "operator":
      return { kind: "unnamed", message: "The operator key has to name the organization" };
    case "api_key":
      return { kind: "chosen", organizationId: principal.organizationId };
    case "user": {
      const { memberships, activeOrganizationId } = principal;
      if (memberships.length === 0) return { kind: "not_found" };
      const implied = impliedMembership(memberships, activeOrganizationId);
      if (implied !== null) return { kind: "chosen", organizationId: implied.organizationId };
      return { kind: "unnamed", message: "You left the active organization: name another" };
    }
    default:
      return assertNever(principal);
  }
}

async function belongsTo(
  principal: Principal,
  organizationId: string,
  known: OrganizationReader,
): Promise<boolean> {
  switch (principal.kind) {
    case "operator":
      return known.organizationExists(organizationId);
    case "api_key":
      return principal.organizationId === organizationId;
    case "user":
      return principal.memberships.some((one) => one.organizationId === organizationId);
    default:
      return assertNever(principal);
  }
}

/** The distinct organizations named in path, body and query. A name that is no string is left to validation. */
function namedOrganizations(request: FastifyRequest): string[] {
  const { url = "" } = request.routeOptions;
  const pathField = url.startsWith("/api/organizations/:id") ? "id" : "organization_id";
  const candidates = [
    fieldOf(request.params, pathField),
    fieldOf(request.body, "organization_id"),
    fieldOf(request.query, "organization_id"),
  ];
  return [...new Set(candidates.filter((value): value is string => typeof value === "string"))];
}

function fieldOf(container: unknown, name: string): unknown {
  if (typeof container !== "object" || container === null) return undefined;
  return Reflect.get(container, name);
}

/** Organizations are never deleted, so that one exists has to be asked only once. */
function rememberOrganizations(organizations: OrganizationReader): OrganizationReader {
  const seen = new Set<string>();
  return {
    async organizationExists(organizationId) {
      if (seen.has(organizationId)) return true;
      const exists = await organizations.organizationExists(organizationId);
      if (exists && seen.size < SEEN_MAX) seen.add(organizationId);
      return exists;
    },
  };
}

const SEEN_MAX = 100_000;
