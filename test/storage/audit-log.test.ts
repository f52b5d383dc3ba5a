import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuditLog } from "../../src/application/audit-log.ts";
import type { AuditEntry, AuditLog } from "../../src/application/audit-ports.ts";
import { appendAuditEvents } from "../../src/storage/audit/append-events.ts";
import { newId } from "../../src/storage/identity/new-id.ts";
import { inTransaction } from "../../src/storage/in-transaction.ts";
import { createOrganizationVault } from "../../src/storage/organization-vault.ts";
import { openTestLedger, type TestLedger } from "../setup/ledger.ts";

let ledger: TestLedger;
let log: AuditLog;

beforeAll(async () => {
  ledger = await openTestLedger();
  log = createAuditLog({
    ...createOrganizationVault(ledger.databases, "a secret of the tests, 32 characters or more"),
    appendAudit: (drafts) => inTransaction(ledger.pool, (client) => appendAuditEvents(client, drafts)),
    newId,
    now: Date.now,
  });
});
afterAll(() => ledger.close());

function entry(organizationId: string, subject: string): AuditEntry {
  return {
    organizationId,
    facts: {
      actor: { type: "user", id: "usr_1" },
      action: "manage_api_keys",
      operation: "POST /api/organizations/:id/api-keys",
      subject,
      result: "ok",
      count: 1,
      occurredAt: Date.now(),
      lastAt: Date.now(),
    },
    details: { actorName: "Olivia", ip: "203.0.113.7", userAgent: "Studio/1.0" },
  };
}

/** A log of six entries in an organization with an account. */
async function writeLog(organizationId: string): Promise<void> {
  await ledger.openAccount(organizationId, "5");
  for (const subject of ["1", "2", "3", "4", "5", "6"]) await log.record([entry(organizationId, subject)]);
}

async function problemsOf(organizationId: string): Promise<string[]> {
  const result = await ledger.verify(organizationId);
  if (result.kind !== "verified") throw new Error(result.kind);
  return result.problems.map(({ table, key, problem }) => `${table} ${key} ${problem}`);
}

test("entries are numbered without a gap, also when many write for many organizations at once", async () => {
  const organizations = ["org_a", "org_b", "org_c"];
  const writes = Array.from({ length: 30 }, (_, number) =>
    log.record(
      [...organizations.slice(number % 3), ...organizations.slice(0, number % 3)].map((id) =>
        entry(id, `${number}`),
      ),
    ),
  );
  await Promise.all(writes);
  const { rows } = await ledger.pool.query(
    "select org_id, count(*)::int as count, max(seq)::int as last from audit_event group by org_id order by org_id",
  );
  expect(rows).toEqual(organizations.map((org_id) => ({ org_id, count: 30, last: 30 })));
  for (const organizationId of organizations) expect(await problemsOf(organizationId)).toEqual([]);
});

test("an entry that its transaction takes back leaves no gap", async () => {
  await writeLog("org_rollback");
  const draft = await log.draft(entry("org_rollback", "undone"));
  const undone = inTransaction(ledger.pool, async (client) => {
    await appendAuditEvents(client, [draft]);
    throw new Error("the change failed");
  });
  await expect(undone).rejects.toThrow("the change failed");
  await log.record([entry("org_rollback", "7")]);
  expect(await problemsOf("org_rollback")).toEqual([]);
});

describe("verification names what was tampered with", () => {
  test.each([
    [
      "a changed row",
      "update audit_event set result = 'forbidden' where org_id = $1 and seq = 3",
      ["audit_event 3 does not match its hash"],
    ],
    [
      "a changed ciphertext",
      "update audit_event set sealed = 'bm90aGluZw==' where org_id = $1 and seq = 2",
      ["audit_event 2 does not match its hash"],
    ],
    ["a deleted row", "delete from audit_event where org_id = $1 and seq = 4", ["audit_event 4 is missing"]],
    [
      "several deleted rows",
      "delete from audit_event where org_id = $1 and seq in (2, 3, 4)",
      ["audit_event 2 is missing, and so are all up to 4"],
    ],
    [
      "the last row deleted",
      "delete from audit_event where org_id = $1 and seq = 6",
      ["audit_event 6 is missing"],
    ],
    [
      "the last rows deleted, and the head set back to match their number",
      `with gone as (delete from audit_event where org_id = $1 and seq > 4)
       update audit_head set seq = 4 where org_id = $1`,
      ["audit_event 4 is not what the log's head says"],
    ],
    [
      "two rows in each other's place",
      "update audit_event set seq = case seq when 2 then 1002 else 1003 end where org_id = $1 and seq in (2, 3)",
      [
        "audit_event 2 is missing, and so are all up to 3",
        "audit_event 7 is missing, and so are all up to 1001",
      ],
    ],
    [
      "the head lost",
      "delete from audit_head where org_id = $1",
      ["audit_event 1 is not known to the log's head"],
    ],
  ])("%s", async (what, statement, expected) => {
    const organizationId = `org_${what.replace(/\W/g, "_")}`;
    await writeLog(organizationId);
    expect(await problemsOf(organizationId)).toEqual([]);
    expect((await ledger.pool.query(statement, [organizationId])).rowCount).toBeGreaterThan(0);
    expect(await problemsOf(organizationId)).toEqual(expect.arrayContaining(expected));
  });

  test("two rows that changed places, both of them", async () => {
    await writeLog("org_swapped");
    const move = (from: number, to: number) =>
      ledger.pool.query("update audit_event set seq = $1 where org_id = 'org_swapped' and seq = $2", [
        to,
        from,
      ]);
    await move(2, 100);
    await move(3, 2);
    await move(100, 3);
    const problems = await problemsOf("org_swapped");
    expect(problems).toContain("audit_event 2 does not match its hash");
    expect(problems).toContain("audit_event 3 does not match its hash");
  });

  test("a row added at the end without the head", async () => {
    await writeLog("org_added");
    await ledger.pool.query(
      `insert into audit_event select org_id, 7, 'aud_forged', recorded_at, occurred_at, last_at, actor_type, actor_id, action,
         operation, subject, result, count, sealed, hash from audit_event where org_id = 'org_added' and seq = 6`,
    );
    expect(await problemsOf("org_added")).toContain("audit_event 7 is not known to the log's head");
  });
});

test("the log stays verifiable when the organization's key is destroyed, and goes on without what it would seal", async () => {
  await writeLog("org_erased");
  await ledger.pool.query("update organization_key set wrapped = null where org_id = 'org_erased'");
  const later = createAuditLog({
    ...createOrganizationVault(ledger.databases, "a secret of the tests, 32 characters or more"),
    appendAudit: (drafts) => inTransaction(ledger.pool, (client) => appendAuditEvents(client, drafts)),
    newId,
    now: Date.now,
  });
  await later.record([entry("org_erased", "7")]);
  const { rows } = await ledger.pool.query(
    "select sealed from audit_event where org_id = 'org_erased' and seq = 7",
  );
  expect(rows).toEqual([{ sealed: null }]);
  expect(await problemsOf("org_erased")).toEqual([]);
});
