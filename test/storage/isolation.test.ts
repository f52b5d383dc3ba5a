import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { give } from "../../src/domain/charging/world.fixture.ts";
import { createPool } from "../../src/storage/database.ts";
import { openOrganizationDatabases } from "../../src/storage/organization-database.ts";
import { connectionAs, ROLES, requireRole } from "../../src/storage/roles.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";

let ledger: TestLedger;
let organizationPool: pg.Pool;
let enginePool: pg.Pool;

beforeAll(async () => {
  ledger = await openTestLedger();
  const { connectionString } = ledger;
  organizationPool = createPool({ connectionString: connectionAs("organization", connectionString) });
  enginePool = createPool({ connectionString: connectionAs("engine", connectionString) });
  for (const id of ["org_a", "org_b"]) {
    await ledger.openAccount(id, "5");
    await ledger.accept(id, give(amount("10")));
    await ledger.pool.query("insert into organization (id, name, slug) values ($1, $1, $1)", [id]);
    await ledger.pool.query(
      "insert into person (id, name, email, email_verified) values ($1, $1, $1 || '@example.com', true)",
      [`owner_of_${id}`],
    );
    await ledger.pool.query("insert into member (org_id, id, user_id, role) values ($1, $1, $2, 'owner')", [
      id,
      `owner_of_${id}`,
    ]);
  }
});
afterAll(async () => {
  await organizationPool?.end();
  await enginePool?.end();
  await ledger?.close();
});

test("a statement that forgets its where-clause sees its own organization's rows and no others", async () => {
  for (const pool of [ledger.pool, organizationPool, enginePool]) {
    const database = openOrganizationDatabases(pool).of("org_a");
    for (const table of ["account", "transaction", "outbox", "member"]) {
      const { rows } = await database.query(`select distinct org_id from ${table}`);
      expect([table, rows]).toEqual([table, [{ org_id: "org_a" }]]);
    }
    expect((await database.query("select id from organization")).rows).toEqual([{ id: "org_a" }]);
    expect((await database.query("select id from person")).rows).toEqual([{ id: "owner_of_org_a" }]);
  }
});

test("a statement that names another organization finds nothing", async () => {
  const database = ledger.databases.of("org_a");
  const { rows } = await database.query("select * from transaction where org_id = $1", ["org_b"]);
  expect(rows).toEqual([]);
});

test("a statement that writes another organization's row is refused", async () => {
  const database = ledger.databases.of("org_a");
  const write = database.query("insert into organization_setting (org_id) values ($1)", ["org_b"]);
  await expect(write).rejects.toThrow(/row-level security/);
});

test("a connection of the organizations' role that names none sees nothing", async () => {
  for (const table of ["account", "transaction", "organization", "person (id)"]) {
    const [name = "", column = "*"] = table.split(/[ ()]+/);
    const { rows } = await organizationPool.query(`select ${column} from ${name}`);
    expect([table, rows]).toEqual([table, []]);
  }
});

test("what one statement may see is forgotten after it, and after one that failed", async () => {
  const pool = createPool({
    connectionString: connectionAs("organization", ledger.connectionString),
    connectionsMax: 1,
  });
  const database = openOrganizationDatabases(pool).of("org_a");
  expect((await database.query("select org_id from account")).rows).toHaveLength(1);
  expect((await pool.query("select org_id from account")).rows).toEqual([]);
  await expect(database.query("select 1 / 0")).rejects.toThrow("division by zero");
  expect((await pool.query("select org_id from account")).rows).toEqual([]);
  await pool.end();
});

test("all statements of a snapshot see one organization, and what is posted meanwhile none of them", async () => {
  const heads = await ledger.databases.snapshot("org_a", async (database) => {
    const before = await database.query("select org_id, seq from account");
    await ledger.accept("org_a", give(amount("1"), "meanwhile"));
    return [before.rows, (await database.query("select org_id, seq from account")).rows];
  });
  expect(heads[0]).toHaveLength(1);
  expect(heads[1]).toEqual(heads[0]);
});

test("two statements at once on one pool see what is theirs", async () => {
  const databases = openOrganizationDatabases(organizationPool);
  const ids = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? "org_a" : "org_b"));
  const seen = await Promise.all(
    ids.map(
      async (id) => (await databases.of(id).query({ name: "own", text: "select org_id from account" })).rows,
    ),
  );
  expect(seen).toEqual(ids.map((id) => [{ org_id: id }]));
});

test("a named statement that could not be prepared is prepared by its next use", async () => {
  const pool = createPool({ connectionString: ledger.connectionString, connectionsMax: 1 });
  const database = openOrganizationDatabases(pool).of("org_a");
  const statement = { name: "later", text: "select kind from later" };
  await expect(database.query(statement)).rejects.toThrow("does not exist");
  await ledger.pool.query("create table later as select 'here' as kind");
  await ledger.pool.query("grant select on later to airtime_app");
  expect((await database.query(statement)).rows).toEqual([{ kind: "here" }]);
  await ledger.pool.query("drop table later");
  await pool.end();
});

// The rules for a new table: see CONTRIBUTING.md.
test("every table with org_id has row-level security, forced, and a policy for each role of the service", async () => {
  const { rows } = await ledger.pool.query(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as is_forced,
       array(select r.rolname::text from pg_policy p join pg_roles r on r.oid = any(p.polroles)
         where p.polrelid = c.oid order by 1) as roles
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  );
  expect(rows.length).toBeGreaterThan(20);
  const roles = Object.values(ROLES);
  expect(rows).toEqual(rows.map(({ name }) => ({ name, is_forced: true, roles })));
});

test("the roles of the service own nothing, and can neither bypass row-level security nor log in", async () => {
  const roles = Object.values(ROLES);
  const { rows } = await ledger.pool.query(
    `select rolname as name, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin as may_too_much,
       exists (select 1 from pg_shdepend d where d.refobjid = r.oid and d.deptype = 'o') as owns,
       exists (select 1 from pg_auth_members m where m.member = r.oid) as is_member
     from pg_roles r where rolname = any($1::text[]) order by 1`,
    [roles],
  );
  expect(rows).toEqual(roles.map((name) => ({ name, may_too_much: false, owns: false, is_member: false })));
});

test("no role of the service may change or remove a transaction, what was logged or what was sold", async () => {
  for (const role of Object.values(ROLES)) {
    for (const table of ["transaction", "audit_event", "sold_package"]) {
      const { rows } = await ledger.pool.query(
        `select privilege, has_table_privilege($1, $2, privilege) as has
         from unnest(array['update', 'delete', 'truncate']) as privilege`,
        [role, table],
      );
      expect([role, table, rows.filter(({ has }) => has)]).toEqual([role, table, []]);
    }
  }
  await expect(enginePool.query("update transaction set amount = amount + 1")).rejects.toThrow(/permission/);
  await expect(enginePool.query("delete from transaction")).rejects.toThrow(/permission/);
});

test("the organizations' role sees nothing of how people sign in", async () => {
  for (const table of ["person_credential", "person_session", "person_verification", "idempotency"]) {
    await expect(ledger.databases.of("org_a").query(`select * from ${table}`)).rejects.toThrow(/permission/);
  }
});

test("a connection that does not act as its role is refused before it is used", async () => {
  await requireRole(enginePool, "engine");
  await expect(requireRole(ledger.pool, "engine")).rejects.toThrow(/acts as .* and not as airtime_engine/);
});
