import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { openOrganizationDatabases } from "../../src/storage/organization-database.ts";
import { destroyDataKeys, rotateDataKey, wrappingKeyOf } from "../../src/storage/organization-keys.ts";
import { createOrganizationVault } from "../../src/storage/organization-vault.ts";
import { openRootKey } from "../../src/storage/root-key.ts";
import { createTestDatabase } from "../setup/database.ts";

const FIRST = "the first master secret of the tests";
const SECOND = "the second master secret of the tests";
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

describe("the root key", () => {
  test("is made once, by whoever comes first, and outlives a change of the master key", async () => {
    const open = (current: string, previous: string | null = null) =>
      openRootKey(pool, { current, previous });
    const [root, ...others] = await Promise.all([open(FIRST), open(FIRST), open(FIRST)]);
    expect(new Set(others)).toEqual(new Set([root]));
    await expect(open(SECOND)).rejects.toThrow("AIRTIME_SECRET_KEY is not the one");
    // Two processes of a rolling restart at once.
    expect(await Promise.all([open(SECOND, FIRST), open(SECOND, FIRST)])).toEqual([root, root]);
    expect(await open(SECOND)).toBe(root);
    await expect(open(FIRST)).rejects.toThrow("AIRTIME_PREVIOUS_SECRET_KEY");
  });
});

describe("an organization's keys", () => {
  const SECRET = "a root key of the tests";
  const openVault = () => createOrganizationVault(openOrganizationDatabases(pool), SECRET);
  const rotate = (organizationId: string) => rotateDataKey(pool, organizationId, wrappingKeyOf(SECRET));

  test("are changed under way: what the old one sealed opens, and what is new is sealed with the new one", async () => {
    const running = openVault();
    const old = await running.seal("org_a", PLACE, "10.0.0.1");
    expect(await rotate("org_a")).toBe(2);
    const restarted = openVault();
    const renewed = await restarted.seal("org_a", PLACE, "10.0.0.1");
    expect(renewed).toMatch(/^2\./);
    expect(await restarted.open("org_a", PLACE, old)).toBe("10.0.0.1");
    // It still has the old key alone at hand.
    expect(running.openAtHand("org_a", PLACE, renewed)).toBeNull();
    expect(await running.open("org_a", PLACE, renewed)).toBe("10.0.0.1");
    expect(await rotate("org_a")).toBe(3);
    expect(await openVault().open("org_a", PLACE, renewed)).toBe("10.0.0.1");
    await expect(openVault().open("org_a", PLACE, renewed.replace("2.", "1."))).rejects.toThrow();
    await expect(openVault().open("org_a", PLACE, renewed.replace("2.", "9."))).rejects.toThrow(
      "is not there",
    );
  });

  test("are destroyed all at once, for good", async () => {
    const old = await openVault().seal("org_b", PLACE, "10.0.0.1");
    await rotate("org_b");
    const renewed = await openVault().seal("org_b", PLACE, "10.0.0.1");
    await destroyDataKeys(pool, "org_b");
    const later = openVault();
    expect(await later.open("org_b", PLACE, old)).toBeNull();
    expect(await later.open("org_b", PLACE, renewed)).toBeNull();
    expect(await later.isErased("org_b")).toBe(true);
    await expect(later.sealer("org_b")).rejects.toThrow("destroyed");
    expect(await rotate("org_b")).toBe("erased");
    expect(await rotate("org_unknown")).toBe("unknown");
  });
});
