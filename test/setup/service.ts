import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { describeConfigErrors, readConfig } from "../../src/config.ts";
import { startService } from "../../src/main.ts";
import { bearer, type Client, clientOf } from "../http/api-client.ts";
import { createTestDatabase } from "./database.ts";
import { freePort } from "./free-port.ts";

/** A whole service in demo mode on a database of its own, with the sandbox beside it, as `npm start` runs it but for
 *  its live calls. @param env more variables, such as AIRTIME_SESSION_VALIDITY_SECONDS. @param log where its log goes. */
export async function startTestService(
  env: Readonly<Record<string, string>> = {},
  log: Logger = pino({ level: "silent" }),
): Promise<TestService> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "airtime-service-"));
  const outcome = readConfig({
    DATABASE_URL: database.connectionString,
    AIRTIME_DATA_DIR: dataDir,
    AIRTIME_DEMO: "1",
    AIRTIME_DEMO_TRAFFIC: "0",
    AIRTIME_RATE_LIMIT: "100000",
    AIRTIME_SIGN_IN_RATE_LIMIT: "100000",
    PORT: String(await freePort()),
    ...env,
  });
  if (outcome.kind === "refused") throw new Error(describeConfigErrors(outcome.errors));
  const { config } = outcome;
  let service = await startService(config, log);
  const demo: DemoFile = JSON.parse(readFileSync(join(dataDir, "demo.json"), "utf8"));
  const operator = clientOf(service.url, bearer(demo.operator_key));
  return {
    url: service.url,
    dataDir,
    connectionString: database.connectionString,
    demo,
    operator,
    runtime: clientOf(service.url, bearer(demo.api_key)),
    organization: (credits) => newOrganization(service.url, operator, credits),
    signIn: (role) => signIn(service.url, demo, role),
    async restart() {
      await service.stop();
      service = await startService(config, log);
    },
    async stop() {
      await service.stop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type TestService = {
  readonly url: string;
  readonly dataDir: string;
  readonly connectionString: string;
  readonly demo: DemoFile;
  readonly operator: Client;
  /** The demo organization's runtime: a key with charge and read. */
  readonly runtime: Client;
  /** A new organization of a new Owner, with this balance and a key for everything. */
  organization(credits: number): Promise<TestOrganization>;
  signIn(role: "owner" | "admin" | "member"): Promise<Client>;
  /** Stops it and starts it anew at the same address, with nothing kept but what is stored. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export type TestOrganization = {
  readonly id: string;
  readonly owner: Client;
  readonly runtime: Client;
  key(scopes: readonly string[]): Promise<Client>;
};

type DemoFile = {
  readonly base_url: string;
  readonly organization_id: string;
  readonly api_key: string;
  readonly operator_key: string;
  readonly webhook_secret: string;
  readonly sandbox_url: string;
  readonly users: readonly { role: string; name: string; email: string; password: string }[];
};

let people = 0;

async function newOrganization(url: string, operator: Client, credits: number): Promise<TestOrganization> {
  people += 1;
  const email = `owner${people}@example.com`;
  const account = { name: `Owner ${people}`, email, password: "a password of tests" };
  const signedUp = await clientOf(url).post("/api/auth/sign-up/email", account);
  const owner = clientOf(url, bearer(signedUp.body.token));
  const created = await owner.post("/api/organizations", { name: `Organization ${people}` });
  if (created.status !== 201) throw new Error(`No organization: ${signedUp.text} ${created.text}`);
  const id: string = created.body.organization.id;
  await setBalance(operator, id, credits);
  const key = async (scopes: readonly string[]) => {
    const answer = await owner.post(`/api/organizations/${id}/api-keys`, { name: "test", scopes });
    return clientOf(url, bearer(answer.body.api_key.key));
  };
  return { id, owner, key, runtime: await key(["charge", "read"]) };
}

/** Adjusts away what the welcome credit gave. */
async function setBalance(operator: Client, organizationId: string, credits: number): Promise<void> {
  const { body } = await operator.get(`/api/billing/balance/${organizationId}`);
  const amount = Math.round((credits - body.balance) * 10_000) / 10_000;
  if (amount === 0) return;
  await operator.post("/api/billing/credits", {
    organization_id: organizationId,
    credit_id: "test-balance",
    kind: "adjustment",
    amount,
    reason: "the balance a test starts from",
  });
}

async function signIn(url: string, demo: DemoFile, role: string): Promise<Client> {
  const person = demo.users.find((user) => user.role === role);
  const { body } = await clientOf(url).post("/api/auth/sign-in", {
    email: person?.email,
    password: person?.password,
  });
  return clientOf(url, bearer(body.token));
}
