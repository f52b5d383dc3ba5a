import { actions, mayAct, type PrincipalView } from "../../src/domain/policy/authorization.ts";
import { bearer, type Client, clientOf, keyOf, signUp } from "../http/api-client.ts";
import type { TestService } from "../setup/service.ts";
import type { Attacker } from "./hostile-request.ts";
import type { KnownIds } from "./sample.ts";

/** Somebody with every kind of credentials and ids of things that exist, in an organization with some history. */
export async function attackerOf(service: TestService): Promise<Attacker> {
  const { demo, url } = service;
  const tokens = await Promise.all(demo.users.map(({ email, password }) => tokenOf(url, email, password)));
  const owner = await service.signIn("owner");
  const everything = await keyOf(owner, url, demo.organization_id, ["charge", "read", "admin"]);
  const outsider = await signUp(url, "Mallory");
  const everybody: readonly Somebody[] = [
    { credential: bearer(everything.key), who: { kind: "api_key", scopes: ["charge", "read", "admin"] } },
    { credential: bearer(demo.operator_key), who: { kind: "operator" } },
    // Any of the three may come to be the Owner: ownership is transferred on the way.
    ...tokens.map((token) => ({ credential: bearer(token), who: { kind: "user", role: "owner" } as const })),
    { credential: bearer(outsider.token), who: { kind: "user", role: null } },
  ];
  return {
    ids: await knownIds(service, owner),
    webhookSecret: demo.webhook_secret,
    credentialFor({ path, action: declared }, random) {
      // Whoever signs out is nobody from then on.
      if (path === "/api/auth/sign-out" || random.below(12) === 0) return { headers: {}, isAllowed: false };
      const action = actions.find((one) => one === declared);
      const allowed = everybody.filter(
        ({ who }) => action !== undefined && mayAct(who, action) === "allowed",
      );
      const isAllowed = random.below(6) > 0 && allowed.length > 0;
      return { headers: random.pick(isAllowed ? allowed : everybody).credential, isAllowed };
    },
  };
}

type Somebody = { readonly credential: Readonly<Record<string, string>>; readonly who: PrincipalView };

async function knownIds(service: TestService, owner: Client): Promise<KnownIds> {
  const { demo, runtime, url } = service;
  const organization = `/api/organizations/${demo.organization_id}`;
  const made = [
    await runtime.post("/api/billing/sessions", {
      session_id: "known",
      agent_id: "a",
      architecture: "pipeline",
    }),
    await owner.post(`${organization}/webhooks`, {
      url: "http://127.0.0.1:9/hook",
      events: ["credit.added"],
    }),
  ];
  if (made.some(({ status }) => status !== 201)) throw new Error(made.map(({ text }) => text).join("\n"));
  const spare = await keyOf(owner, url, demo.organization_id, ["read"]);
  const listed = async (path: string, field: string): Promise<string[]> =>
    (await owner.get(path)).body.data.map((one: Record<string, string>) => one[field]);
  const transactions = await listed("/api/billing/history?limit=5", "id");
  const variants = await listed("/api/billing/packages", "variant_id");
  return {
    organization_id: [demo.organization_id],
    organizationId: [demo.organization_id],
    id: ["known", ...transactions],
    session_id: ["known"],
    transaction_id: transactions,
    key_id: [spare.id],
    user_id: await listed(`${organization}/members`, "user_id"),
    webhook_id: made.slice(1).map(({ body }) => body.webhook.id),
    month: ["2026-10", "2026-11"],
    variantId: variants,
    variant_id: variants,
    email: ["somebody@example.com", ...demo.users.map(({ email }) => email)],
  };
}

async function tokenOf(url: string, email: string, password: string): Promise<string> {
  const { status, text, body } = await clientOf(url).post("/api/auth/sign-in", { email, password });
  if (status !== 200) throw new Error(`signing in answered ${text}`);
  return body.token;
}
