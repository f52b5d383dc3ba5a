import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { openOrganizationDatabases } from "../../src/storage/organization-database.ts";
import { createOrganizationVault } from "../../src/storage/organization-vault.ts";
import { createTestDatabase } from "../setup/database.ts";

const SECRET = "a secret of the tests, 32 characters or more";
const PLACE = "transaction.ip";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test("an address that is sealed again at once has the ciphertext it had, and others have their own", async () => {
  const vault = createOrganizationVault(openOrganizationDatabases(pool), SECRET);
  const first = await vault.seal("org_a", PLACE, "10.0.0.1");
  expect(await vault.seal("org_a", PLACE, "10.0.0.1")).toBe(first);
  const others = [
    await vault.seal("org_b", PLACE, "10.0.0.1"),
    await vault.seal("org_a", "elsewhere", "10.0.0.1"),
    await vault.seal("org_a", PLACE, "10.0.0.2"),
  ];
  expect(new Set([first, ...others]).size).toBe(4);
  expect(await vault.open("org_a", PLACE, first)).toBe("10.0.0.1");
  expect(vault.openAtHand("org_a", PLACE, first)).toBe("10.0.0.1");
  expect(vault.openAtHand("org_a", PLACE, await vault.seal("org_a", PLACE, "10.0.0.3"))).toBe("10.0.0.3");
});

test("a ciphertext does not open elsewhere, the one sealed last neither", async () => {
  const vault = createOrganizationVault(openOrganizationDatabases(pool), SECRET);
  const sealed = await vault.seal("org_c", PLACE, "10.0.0.1");
  await vault.seal("org_d", PLACE, "10.0.0.1");
  expect(() => vault.openAtHand("org_c", "elsewhere", sealed)).toThrow();
  expect(() => vault.openAtHand("org_d", PLACE, sealed)).toThrow();
  await expect(vault.open("org_c", "elsewhere", sealed)).rejects.toThrow();
});

test("what a destroyed key sealed opens no more, and nothing is sealed with it", async () => {
  const sealed = await createOrganizationVault(openOrganizationDatabases(pool), SECRET).seal(
    "org_e",
    PLACE,
    "10.0.0.1",
  );
  await pool.query("update organization_key set wrapped = null where org_id = 'org_e'");
  const later = createOrganizationVault(openOrganizationDatabases(pool), SECRET);
  expect(await later.open("org_e", PLACE, sealed)).toBeNull();
  expect(await later.isErased("org_e")).toBe(true);
  await expect(later.seal("org_e", PLACE, "10.0.0.1")).rejects.toThrow("destroyed");
});
