import pg from "pg";
import { ROLES } from "./roles.ts";
import { tracedStatement } from "./trace-queries.ts";

/** The database as one organization sees it: PostgreSQL shows a statement no other organization's rows, whatever its
 *  where-clause says or forgets. Everything that is read for an organization goes through here. */
export type OrganizationDatabase = Queryable & { readonly organizationId: string };

/** What statements go through, whoever's they are: a connection, a pool, or the database as one organization sees it. */
export type Queryable = {
  // biome-ignore lint/suspicious/noExplicitAny: rows have the shape of their statement, as the driver's own have
  query<Row extends pg.QueryResultRow = any>(
    statement: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
};

/** The databases of all organizations, over one pool. */
export type OrganizationDatabases = {
  /** One statement at a time, each a transaction. */
  of(organizationId: string): OrganizationDatabase;
  /** Any number of statements that read one snapshot. */
  snapshot<Result>(
    organizationId: string,
    read: (database: OrganizationDatabase) => Promise<Result>,
  ): Promise<Result>;
};

/** @param pool its connections may act as any role; for these statements they act as the organization's. */
export function openOrganizationDatabases(pool: pg.Pool): OrganizationDatabases {
  return {
    of: (organizationId) => ({
      organizationId,
      query(statement, values) {
        const config = typeof statement === "string" ? { text: statement } : statement;
        const whole = { ...config, values: [...(values ?? config.values ?? [])] };
        return tracedStatement(config.text, () =>
          onClient(pool, (client) => queryScoped(client, organizationId, whole)),
        );
      },
    }),
    snapshot: (organizationId, read) =>
      onClient(pool, async (client) => {
        await client.query(
          `begin isolation level repeatable read read only; set local role ${ROLES.organization};
           set local app.org_id = ${pg.escapeLiteral(organizationId)}`,
        );
        const result = await read(withinTransaction(client, organizationId));
        await client.query("commit");
        return result;
      }),
  };
}

/** The same functions for whoever works across organizations, within a transaction of its own: it sees what the client's
 *  role does, and the statements' where-clauses are all that keeps it to the organization. */
export function withinTransaction(client: Queryable, organizationId: string): OrganizationDatabase {
  return {
    organizationId,
    query: (statement, values) => client.query(statement, values),
  };
}

/** To be prepared on each connection that statements of organizations go through (storage/database.ts). */
export const PREPARE_SCOPE = `prepare airtime_scope (text) as
  select set_config('role', '${ROLES.organization}', true), set_config('app.org_id', $1, true)`;

/** A statement and, before it in the same packet, what it may see. Up to the sync at its end the server takes all of it
 *  for one transaction, and what was set for this transaction is gone after it: no round trip more than without. */
class ScopedQuery extends pg.Query {
  constructor(config: pg.QueryConfig, organizationId: string, done: QueryDone) {
    super({ ...config, ...EXTENDED_PROTOCOL }, done);
    const { submit } = this;
    this.submit = (connection) => {
      connection.stream.cork();
      try {
        connection.bind({ statement: "airtime_scope", values: [organizationId] }, true);
        connection.describe({ type: "P" }, true);
        connection.execute({}, true);
        return Reflect.apply(submit, this, [connection]);
      } finally {
        connection.stream.uncork();
      }
    };
  }
}

type QueryDone = (error: Error | undefined, results: unknown) => void;

/** The simple protocol would begin a transaction of its own. */
const EXTENDED_PROTOCOL = { queryMode: "extended" };

function queryScoped<Row extends pg.QueryResultRow>(
  client: pg.PoolClient,
  organizationId: string,
  config: pg.QueryConfig,
): Promise<pg.QueryResult<Row>> {
  return new Promise((resolve, reject) => {
    const done: QueryDone = (error, results) => {
      // Two statements have two results; the first is the scope's.
      if (error) reject(error);
      else if (Array.isArray(results) && results.length === 2) resolve(results[1]);
      else reject(new Error("the driver has changed: a scoped statement has not two results"));
    };
    client.query(new ScopedQuery(config, organizationId, done));
  });
}

async function onClient<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let fault: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    fault = error instanceof Error ? error : new Error("A statement failed.", { cause: error });
    throw error;
  } finally {
    // A client on which something failed goes away with it.
    client.release(fault);
  }
}
