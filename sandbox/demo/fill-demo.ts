import { randomBytes } from "node:crypto";
import type pg from "pg";
import { createApiKey, hashOfKey } from "../../src/application/api-keys.ts";
import type { PostCommand } from "../../src/application/post-command.ts";
import type { Config } from "../../src/config.ts";
import { demoSecret, replaceDemoSecret } from "../../src/storage/demo-secrets.ts";
import { newId } from "../../src/storage/identity/new-id.ts";
import type { createIdentityStore } from "../../src/storage/identity/store.ts";
import { type DemoFile, writeDemoFile } from "./demo-file.ts";
import { inventHistory } from "./invent-history.ts";
import { ORGANIZATION_NAME, PEOPLE } from "./people.ts";
import type { PreparedDemo } from "./prepare-demo.ts";

/** What filling needs of the service. */
export type DemoHost = {
  readonly pool: pg.Pool;
  readonly config: Config;
  readonly demo: PreparedDemo;
  readonly identity: ReturnType<typeof createIdentityStore>;
  readonly openAccount: (organizationId: string) => Promise<void>;
  readonly findKeyByHash: (hash: Buffer) => Promise<object | null>;
  readonly signUp: (person: { name: string; email: string; password: string }) => Promise<void>;
  /** Runs `fill` with a way to post commands at times of its choosing: the same engine, with another clock. */
  readonly atTimes: (
    fill: (post: PostCommand, setTime: (epochMs: number) => void) => Promise<void>,
  ) => Promise<void>;
  readonly hasHistory: (organizationId: string) => Promise<boolean>;
};

/** Makes the organization, its people, its key and its history, each once however often it is called, and writes
 *  demo.json. */
export async function fillDemo(host: DemoHost): Promise<DemoFile> {
  const { config, demo } = host;
  const password = await demoSecret(host.pool, "password", () => randomBytes(9).toString("base64url"));
  const organizationId = await fillPeople(host, password);
  const apiKey = await fillKey(host, organizationId);
  if (!(await host.hasHistory(organizationId))) {
    await host.atTimes((post, setTime) => inventHistory({ organizationId, post, setTime, now: Date.now() }));
  }
  await host.openAccount(organizationId);
  const file: DemoFile = {
    base_url: config.baseUrl,
    organization_id: organizationId,
    api_key: apiKey,
    operator_key: demo.operatorKey,
    webhook_secret: demo.webhookSecret,
    sandbox_url: demo.sandbox.url,
    users: PEOPLE.map((person) => ({ ...person, password })),
  };
  await writeDemoFile(config.dataDir, file);
  return file;
}

async function fillPeople(host: DemoHost, password: string): Promise<string> {
  const { identity, pool } = host;
  const organizationId = await demoSecret(pool, "organization_id", () => newId("org"));
  let existing: readonly { userId: string }[] = await identity.listMembers(organizationId);
  for (const person of PEOPLE) {
    if ((await identity.findAccountByEmail(person.email)) === null)
      await host.signUp({ ...person, password });
    const account = await identity.findAccountByEmail(person.email);
    if (account === null) throw new Error(`${person.email} could not be signed up`);
    const { userId } = account;
    if (existing.some((member) => member.userId === userId)) continue;
    if (person.role === "owner") {
      await identity.insertOrganization({ id: organizationId, name: ORGANIZATION_NAME, ownerId: userId });
    } else {
      await identity.insertMember({ organizationId, userId, role: person.role });
    }
    existing = await identity.listMembers(organizationId);
  }
  return organizationId;
}

/** The voice runtime's key. The one of the last start, unless it was revoked. */
async function fillKey(host: DemoHost, organizationId: string): Promise<string> {
  const { identity, pool } = host;
  const kept = await demoSecret(pool, "api_key", () => "");
  if (kept !== "" && (await host.findKeyByHash(hashOfKey(kept))) !== null) return kept;
  const { key } = await createApiKey(identity, {
    organizationId,
    name: "voice-runtime",
    scopes: ["charge", "read"],
    createdBy: "demo",
    mode: "test",
    newId,
  });
  return replaceDemoSecret(pool, "api_key", key);
}
