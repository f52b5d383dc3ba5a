import type pg from "pg";
import { createPool } from "../../src/storage/database.ts";
import { saturate } from "../load/saturate.ts";
import { createRandom } from "../random.ts";

/** The transaction that most prepaid billing is built from: BEGIN, SELECT FOR UPDATE, INSERT, UPDATE, COMMIT from a pool
 *  of connections. No holds, no chain, no natural ids, no outbox. */
export type UsualTransaction = {
  /** Charges one organization, and throws when the database refuses. @param which hot: always the same row. */
  charge(which: "spread" | "hot"): Promise<void>;
  /** Throws unless rows and balances say that exactly what was answered was carried out. */
  audit(): Promise<void>;
  close(): Promise<void>;
};

/** Larger pools make it slower (docs/decisions/0002-spine.md). */
const USUAL_POOL = 8;

const BALANCE = 1_000_000;
const COST = 0.0525;
const HOT = 1;

/** @param connectionString an empty database. */
export async function prepareUsualTransaction(
  connectionString: string,
  organizations: number,
): Promise<UsualTransaction> {
  const pool = createPool({
    connectionString,
    connectionsMax: USUAL_POOL,
    applicationName: "airtime bench usual",
  });
  await createTables(pool, organizations);
  const random = createRandom(2);
  let sent = 0;
  let answered = 0;
  return {
    async charge(which) {
      const organization = which === "hot" ? HOT : 1 + Math.floor(random() * organizations);
      sent += 1;
      await chargeOne(pool, organization, `evt-${sent}`);
      answered += 1;
    },
    async audit() {
      const { rows } = await pool.query(
        `select (select count(*)::int from usual_transaction) as posted,
           (select sum(${BALANCE} - balance) from usual_account)::float8 as charged`,
      );
      const { posted, charged } = rows[0];
      if (posted === answered && Math.abs(charged - answered * COST) < COST / 2) return;
      throw new Error(`the usual transaction answered ${answered} charges and has ${posted}, of ${charged}`);
    },
    close: () => pool.end(),
  };
}

async function createTables(pool: pg.Pool, organizations: number): Promise<void> {
  for (const statement of [
    "create table usual_account (id int primary key, balance numeric(18, 4) not null, updated_at timestamptz not null)",
    `create table usual_transaction (id bigint generated always as identity primary key, account_id int not null,
       type text not null, amount numeric(18, 4) not null, balance_before numeric(18, 4) not null,
       balance_after numeric(18, 4) not null, description text not null, metadata jsonb not null,
       created_at timestamptz not null default now())`,
    "create index usual_transaction_account on usual_transaction (account_id, created_at desc)",
    `insert into usual_account select id, ${BALANCE}, now() from generate_series(1, ${organizations}) id`,
    "vacuum analyze",
  ])
    await pool.query(statement);
}

async function chargeOne(pool: pg.Pool, organization: number, eventId: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query("select balance from usual_account where id = $1 for update", [
      organization,
    ]);
    const before = Number(rows[0].balance);
    const after = before - COST;
    await client.query(
      `insert into usual_transaction (account_id, type, amount, balance_before, balance_after, description, metadata)
       values ($1, 'consumption', $2, $3, $4, $5, $6)`,
      [
        organization,
        -COST,
        before,
        after.toFixed(4),
        "Voice call session - agent_abc123 - 0.7 min",
        { event_id: eventId },
      ],
    );
    await client.query("update usual_account set balance = $2, updated_at = now() where id = $1", [
      organization,
      after.toFixed(4),
    ]);
    await client.query("commit");
  } finally {
    client.release();
  }
}

/** Its peak: each connection of its pool busy all the time. @returns charges a second. */
export async function usualPeak(
  usual: UsualTransaction,
  which: "spread" | "hot",
  seconds: number,
): Promise<number> {
  const { perSecond } = await saturate({
    workers: USUAL_POOL,
    seconds,
    work: async (tell) => {
      await usual.charge(which);
      tell(1);
    },
  });
  return perSecond;
}
