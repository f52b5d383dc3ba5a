import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Action,
  actions,
  isAboutOrganization,
  mayAct,
  type PrincipalView,
} from "../../src/domain/policy/authorization.ts";
import { startTestService, type TestService } from "../setup/service.ts";
import { bearer, type Client, clientOf, keyOf, signUp } from "./api-client.ts";

/** Walks every route that openapi.json lists with everybody there is, and compares what happens with the table. */

/** Whoever asks for these needs no credentials. A new route without any is named here, on purpose. */
const PUBLIC = [
  ...["GET /openapi.json", "GET /docs", "GET /healthz", "GET /readyz", "GET /metrics"],
  ...["POST /api/auth/sign-in/email", "POST /api/auth/sign-in", "POST /api/auth/sign-up/email"],
  // Each proves itself in another way: a session to end, a signature, a token in a mail.
  ...["POST /api/auth/sign-out", "POST /lemon-squeezy/webhook"],
  ...["GET /mail/unsubscribe", "POST /mail/unsubscribe", "POST /mail/subscribe"],
];

type Route = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly action: string;
};

type Caller = {
  readonly name: string;
  readonly client: Client;
  readonly who: PrincipalView;
  /** Whether the organization asked about is one of theirs. */
  readonly isTheirs: boolean;
};

let service: TestService;
let organizationId: string;
let routes: readonly Route[];
let callers: readonly Caller[];

beforeAll(async () => {
  service = await startTestService();
  organizationId = service.demo.organization_id;
  const { body } = await clientOf(service.url).get("/openapi.json");
  routes = routesOf(body.paths);
  callers = await everybody();
});
afterAll(() => service.stop());

test("the routes without credentials are the ones that are meant to be", () => {
  const open = routes.filter(({ action }) => action === "public").map(({ name }) => name);
  expect(open.sort()).toEqual([...PUBLIC].sort());
});

test("every other route has a rule, and refuses whoever shows no credentials or wrong ones", async () => {
  const guarded = routes.filter(({ action }) => action !== "public");
  const strangers = [
    {},
    bearer("air_live_nobody"),
    bearer("no-session"),
    { cookie: "airtime.session_token=forged.signature" },
  ];
  const seen: string[] = [];
  for (const route of guarded) {
    expect(actions).toContain(route.action);
    for (const credential of strangers) {
      const { status, body } = await ask(clientOf(service.url, credential), route);
      if (status !== 401 || body.code !== "unauthenticated") seen.push(`${route.name}: ${status}`);
    }
  }
  expect(seen).toEqual([]);
});

test("every route admits exactly whom the table admits, and shows nobody another organization", async () => {
  const differences: string[] = [];
  let asked = 0;
  for (const route of routes) {
    const action = actionOf(route);
    if (action === null) continue;
    for (const caller of callers) {
      const expected = expectedFor(caller, action);
      const got = await verdictOf(caller.client, route);
      asked += 1;
      if (got !== expected)
        differences.push(`${route.name} (${action}) by ${caller.name}: ${got}, not ${expected}`);
    }
  }
  expect(differences).toEqual([]);
  expect(asked).toBe((routes.length - PUBLIC.length) * callers.length);
});

async function everybody(): Promise<Caller[]> {
  const roles = ["owner", "admin", "member"] as const;
  const scopes = ["charge", "read", "admin"] as const;
  const owner = await service.signIn("owner");
  const keys = scopes.map(async (scope) => ({
    name: `key with ${scope}`,
    client: await keyOf(owner, service.url, organizationId, [scope]),
    who: { kind: "api_key", scopes: [scope] } as const,
    isTheirs: true,
  }));
  const people = roles.map(async (role) => ({
    name: role,
    client: await service.signIn(role),
    who: { kind: "user", role } as const,
    isTheirs: true,
  }));
  const other = await service.organization(10);
  return [
    ...(await Promise.all([...people, ...keys])),
    { name: "operator", client: service.operator, who: { kind: "operator" }, isTheirs: true },
    { name: "owner elsewhere", client: other.owner, who: { kind: "user", role: null }, isTheirs: false },
    {
      name: "key elsewhere",
      client: await other.key(scopes),
      who: { kind: "api_key", scopes },
      isTheirs: false,
    },
    {
      name: "person without organization",
      client: await signUp(service.url, "Nobody"),
      who: { kind: "user", role: null },
      isTheirs: false,
    },
  ];
}

/** What a refusal of the organization, of the role or scope, or none of them looks like. */
type Seen = "allowed" | "not_found" | "forbidden" | "owner_only" | string;

function expectedFor({ who, isTheirs }: Caller, action: Action): Seen {
  return isAboutOrganization(action) && !isTheirs ? "not_found" : mayAct(who, action);
}

/** The requests are wrong in a way that is looked at last, so that who may do something is told it is invalid, and
 *  nothing is done. Where there is nothing to be wrong about, it is a read. */
async function verdictOf(client: Client, route: Route): Promise<Seen> {
  const { status, body } = await ask(client, route);
  if (status === 422 || (status === 200 && route.method === "GET")) return "allowed";
  return typeof body?.code === "string" ? body.code : `status ${status}`;
}

function ask(client: Client, { method, path }: Route) {
  const isOrganizations = path.startsWith("/api/organizations/{id}");
  const filled = path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    const isOrganization = parameter === "organization_id" || (isOrganizations && parameter === "id");
    return isOrganization ? organizationId : WRONG_ID;
  });
  const named = { organization_id: organizationId, unknown_field: 1 };
  if (method !== "GET") return client.call(method, filled, named);
  const query = isOrganizations ? "" : `?organization_id=${organizationId}&unknown_field=1`;
  return client.get(`${filled}${query}`);
}

/** Longer than any id may be. */
const WRONG_ID = "x".repeat(256);

function actionOf({ action }: Route): Action | null {
  return actions.find((one) => one === action) ?? null;
}

function routesOf(paths: Readonly<Record<string, Readonly<Record<string, object>>>>): Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, operation]) => {
      const method = verb.toUpperCase();
      return { name: `${method} ${path}`, method, path, action: String(Reflect.get(operation, "x-action")) };
    }),
  );
}
