import { execFile } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runOn } from "../setup/database-server.ts";
import { startTestService, type TestService } from "../setup/service.ts";
import { cleanEnvironment } from "../setup/service-process.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ AIRTIME_CHECKPOINT_SECONDS: "1" });
});
afterAll(() => service?.stop());

function airtime(...argv: string[]): Promise<{ code: number; out: string; told: string }> {
  const { connectionString, dataDir } = service;
  const env = { ...cleanEnvironment(), DATABASE_URL: connectionString, AIRTIME_DATA_DIR: dataDir };
  return new Promise((done) => {
    execFile(process.execPath, [resolve("bin/airtime.js"), ...argv], { env }, (error, out, told) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out, told });
    });
  });
}

test("the service signs the heads of its ledgers, and verify compares with them", async () => {
  const directory = join(service.dataDir, "checkpoints");
  await vi.waitUntil(() => readdirSync(service.dataDir).includes("checkpoints"), { timeout: 60_000 });
  await vi.waitUntil(() => readdirSync(directory).some((name) => name.endsWith(".jsonl")), {
    timeout: 60_000,
  });
  const publicKey = join(service.dataDir, "public.pem");
  writeFileSync(publicKey, (await airtime("keys", "public")).out);
  const verify = ["verify", "--checkpoints", directory] as const;
  expect(await airtime(...verify)).toMatchObject({
    code: 0,
    out: expect.stringContaining("history was only appended since they were signed"),
  });
  expect(await airtime(...verify, "--public-key", publicKey)).toMatchObject({ code: 0 });
  await runOn(
    service.connectionString,
    "update transaction set hash = decode(repeat('00', 32), 'hex') where seq = 1",
  );
  const tampered = await airtime(...verify);
  expect(tampered.code).toBe(1);
  expect(tampered.told).toContain('"table":"transaction"');
});

test("a directory that is not there, or has no checkpoint, proves nothing", async () => {
  const missing = await airtime("verify", "--checkpoints", join(service.dataDir, "nowhere"));
  expect(missing).toMatchObject({ code: 2, told: expect.stringContaining("There is no directory") });
  const empty = await airtime("verify", "--checkpoints", service.dataDir);
  expect(empty).toMatchObject({ code: 1, told: expect.stringContaining("There is no checkpoint") });
});
