import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { ROLES, RolesFault } from "../../src/storage/roles.ts";
import { runOn, urlOfDatabase } from "../setup/database-server.ts";
import { verifyWith } from "../setup/ledger.ts";
import { startTestService } from "../setup/service.ts";

// A database as a hosted PostgreSQL gives it: its owner is no superuser and may not make roles.
const name = `plain_${randomBytes(6).toString("hex")}`;
let server: string;
let connectionString: string;

beforeAll(async () => {
  server = inject("postgresUrl");
  await runOn(server, `create role ${name} login password 'plain'`);
  await runOn(server, `grant ${name} to current_user`);
  await runOn(server, `create database ${name} owner ${name} template template1`);
  const url = new URL(urlOfDatabase(server, name));
  url.username = name;
  url.password = "plain";
  connectionString = url.href;
});
afterAll(async () => {
  await runOn(server, `drop database if exists ${name} with (force)`);
  await runOn(server, `drop role if exists ${name}`);
});

test("an owner who may not act as the service's roles is told what an administrator runs, and then is served", async () => {
  const refusal = await migrate(connectionString).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(refusal instanceof RolesFault)) throw new Error("it was not refused", { cause: refusal });
  const grant = `grant ${ROLES.organization}, ${ROLES.engine} to ${name};`;
  expect(refusal.message).toContain(grant);
  await runOn(server, grant);

  const service = await startTestService({ DATABASE_URL: connectionString });
  const acme = await service.organization(10);
  const charged = await acme.runtime.post("/api/billing/usage", {
    event_id: "e",
    agent_id: "a",
    architecture: "api",
    units: 3,
  });
  expect(charged.status).toBe(201);
  expect((await acme.owner.get("/api/billing/history")).status).toBe(200);
  expect((await acme.owner.get("/api/billing/summary")).status).toBe(200);
  const owner = createPool({ connectionString });
  expect(await verifyWith(owner)).toMatchObject({ kind: "verified", problems: [] });
  await owner.end();
  await service.stop();
});
