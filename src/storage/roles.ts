import pg from "pg";

/** The roles that the service works as. They own nothing, can't log in and can't bypass row-level security; a connection
 *  is opened by the user of DATABASE_URL and acts as one of them from its first statement on.
 *  Source: docs/decisions/0012-isolation.md. */
export const ROLES = {
  /** Sees and changes one organization's rows, the one that its transaction names; without one, none. */
  organization: "airtime_app",
  /** For what works across organizations by design: postings, sweepers, outbox readers, verification, signing in. */
  engine: "airtime_engine",
} as const;

export type DatabaseRole = keyof typeof ROLES;

/** The connection string of the same database whose connections act as a role. `reset role` leads back to it. */
export function connectionAs(role: DatabaseRole, connectionString: string): string {
  const url = new URL(connectionString);
  const options = url.searchParams.get("options");
  url.searchParams.set(
    "options",
    [...(options === null ? [] : [options]), `-c role=${ROLES[role]}`].join(" "),
  );
  return url.href;
}

/** The roles are missing, or are not what they have to be. The message says what an administrator does about it. */
export class RolesFault extends Error {
  override readonly name = "RolesFault";
}

/** Makes sure that the roles exist and that this connection's user may act as them: on a server whose user may make roles,
 *  by making them. They belong to the server and not to the database, so a database restored elsewhere comes without.
 *  Throws RolesFault when they are missing and can't be made, or may do more than they should. */
export async function ensureRoles(client: pg.Client): Promise<void> {
  for (const role of Object.values(ROLES)) {
    try {
      await ensureRole(client, role);
    } catch (cause) {
      if (!(cause instanceof pg.DatabaseError && cause.code === INSUFFICIENT_PRIVILEGE)) throw cause;
      throw new RolesFault(
        "The user of DATABASE_URL may not make the roles that Airtime works as. Have an administrator run once:\n" +
          `${await statementsFor(client)}`,
        { cause },
      );
    }
  }
  const { rows } = await client.query<{ rolname: string }>(
    `select rolname from pg_roles where rolname = any($1::text[]) and (rolsuper or rolbypassrls or rolcreaterole)`,
    [Object.values(ROLES)],
  );
  if (rows.length > 0) {
    const names = rows.map(({ rolname }) => rolname).join(" and ");
    throw new RolesFault(
      `The role ${names} may do more than the service should. Have an administrator run: ` +
        rows.map(({ rolname }) => `alter role ${rolname} nosuperuser nobypassrls nocreaterole;`).join(" "),
    );
  }
}

/** Throws RolesFault unless the connections of this pool act as the role: a connection pooler may have dropped the option
 *  that says so, and then the service would work as the owner of the tables. */
export async function requireRole(database: Pick<pg.Pool, "query">, role: DatabaseRole): Promise<void> {
  const { rows } = await database.query<{ name: string }>("select current_user as name");
  if (rows[0]?.name === ROLES[role]) return;
  throw new RolesFault(
    `A connection acts as ${rows[0]?.name} and not as ${ROLES[role]}: what lies between the service and PostgreSQL ` +
      "does not pass the startup option `role` on.",
  );
}

const INSUFFICIENT_PRIVILEGE = "42501";

async function ensureRole(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ exists: boolean; may_act: boolean | null }>(
    `select r.oid is not null as exists, pg_has_role(session_user, r.oid, $2) as may_act
     from (values ($1)) as v (name) left join pg_roles r on r.rolname = v.name`,
    [role, await membershipOption(client)],
  );
  // Another database of the server may be migrated at this moment: whoever is second finds the role.
  if (rows[0]?.exists !== true) {
    await client.query(`do $$ begin create role ${role} nologin;
      exception when duplicate_object or unique_violation then null; end $$`);
  }
  if (rows[0]?.may_act === true || (await isSuperuser(client))) return;
  await client.query(`grant ${role} to session_user`);
}

/** To act as a role takes the membership option SET, which came with PostgreSQL 16; before, every member may. */
async function membershipOption(client: pg.Client): Promise<"SET" | "MEMBER"> {
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::integer as version",
  );
  return (rows[0]?.version ?? 0) >= 160_000 ? "SET" : "MEMBER";
}

async function isSuperuser(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ rolsuper: boolean }>(
    "select rolsuper from pg_roles where rolname = session_user",
  );
  return rows[0]?.rolsuper === true;
}

async function statementsFor(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>("select quote_ident(session_user) as name");
  const [user, roles] = [rows[0]?.name ?? "", Object.values(ROLES)];
  return [
    ...roles.map((role) => `  create role ${role} nologin;  -- where it does not exist`),
    `  grant ${roles.join(", ")} to ${user};`,
  ].join("\n");
}
