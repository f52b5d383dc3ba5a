import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { startTestService } from "../setup/service.ts";
import { cleanEnvironment } from "../setup/service-process.ts";

test("what the command line changes is in the audit log, of the organization or the platform", async () => {
  const service = await startTestService();
  const folder = mkdtempSync(join(tmpdir(), "airtime-test-"));
  const airtime = (...argv: string[]): Promise<string> =>
    new Promise((done, fail) => {
      const env = { ...cleanEnvironment(), DATABASE_URL: service.connectionString };
      execFile(process.execPath, [resolve("bin/airtime.js"), ...argv], { env }, (error, out) =>
        error === null ? done(out) : fail(error),
      );
    });
  try {
    const { id, owner } = await service.organization(10);
    const granting = ["grant", "--org", id, "--amount", "5", "--reason", "goodwill", "--id", "once"];
    const granted = await airtime(...granting);
    await airtime(...granting);
    const made = await airtime("keys", "create", "--org", id, "--name", "by hand");
    const file = join(folder, "prices.json");
    const rates = [{ component: "llm", architecture: "pipeline", rate: 0.005 }];
    writeFileSync(file, JSON.stringify({ reason: "a friend", rates }));
    await airtime("prices", "add", "--file", file, "--org", id, "--preview");
    await airtime("prices", "add", "--file", file, "--org", id);
    const { body } = await owner.get("/api/billing/audit?actor_id=cli");
    expect(body.data).toMatchObject([
      { action: "change_prices", operation: "airtime prices add", actor: { type: "operator", id: "cli" } },
      { action: "manage_api_keys", operation: "airtime keys create", subject: made.split(" ")[0] },
      { action: "grant_credits", operation: "airtime grant", result: "ok" },
    ]);
    expect(granted).toContain(body.data[2].subject);
    expect(await airtime("verify", "--org", id)).toContain("right");
  } finally {
    rmSync(folder, { recursive: true });
    await service.stop();
  }
});
