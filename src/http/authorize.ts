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
  server.addHook("preValidation", (request, reply, done) => {
    const { caller } = request;
    const { action } = request.routeOptions.config;
    if (caller === null || action === undefined || action === "public") return done();
    if (!isAboutOrganization(action)) return admitUnlessRefused(caller, action, null);
    const choice = chooseOrganization(request, caller.principal, known);
    // Only the operator's has to be looked up: charging is not to wait for so much as a promise.
    if (choice instanceof Promise) choice.then((chosen) => act(caller, action, chosen), done);
    else act(caller, action, choice);

    function act({ principal }: Caller, action: Action, choice: Choice): void {
      if (choice.kind === "not_found") sendProblem(reply, "not_found");
      else if (choice.kind === "unnamed")
        sendInvalid(reply, [{ path: "organization_id", message: choice.message }]);
      else admitUnlessRefused({ principal }, action, choice.organizationId);
    }

    function admitUnlessRefused({ principal }: Caller, action: Action, organizationId: string | null): void {
      request.caller = { principal, organizationId };
      const verdict = mayAct(viewWithin(principal, organizationId), action);
      if (verdict === "allowed") done();
      else sendProblem(reply, verdict);
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

type Caller = { readonly principal: Principal };

type Choice =
  | { readonly kind: "chosen"; readonly organizationId: string }
  | { readonly kind: "not_found" }
  | { readonly kind: "unnamed"; readonly message: string };

function chooseOrganization(
  request: FastifyRequest,
  principal: Principal,
  known: OrganizationReader,
): Choice | Promise<Choice> {
  const named = namedOrganizations(request);
  const [first] = named;
  if (first === undefined) return impliedOrganization(principal);
  if (principal.kind === "operator") return chooseExisting(named, first, known);
  const isTheirs = named.every((id) => belongsTo(principal, id));
  return isTheirs ? onlyOne(named, first) : { kind: "not_found" };
}

async function chooseExisting(
  named: readonly string[],
  first: string,
  known: OrganizationReader,
): Promise<Choice> {
  for (const id of named) {
    // The database takes no NUL: a name with one is nobody's.
    if (id.includes("\0") || !(await known.organizationExists(id))) return { kind: "not_found" };
  }
  return onlyOne(named, first);
}

function onlyOne(named: readonly string[], first: string): Choice {
  if (named.length > 1) return { kind: "unnamed", message: "Two different organizations are named" };
  return { kind: "chosen", organizationId: first };
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

function belongsTo(principal: Exclude<Principal, { kind: "operator" }>, organizationId: string): boolean {
  return principal.kind === "api_key"
    ? principal.organizationId === organizationId
    : principal.memberships.some((one) => one.organizationId === organizationId);
}

/** The distinct organizations named in path, body and query. A name that is no string is left to validation. */
function namedOrganizations(request: FastifyRequest): string[] {
  const { url = "" } = request.routeOptions;
  const pathField = url.startsWith("/api/organizations/:id") ? "id" : "organization_id";
  const names: string[] = [];
  for (const name of [
    fieldOf(request.params, pathField),
    fieldOf(request.body, "organization_id"),
    fieldOf(request.query, "organization_id"),
  ]) {
    if (typeof name === "string" && !names.includes(name)) names.push(name);
  }
  return names;
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
