import type pg from "pg";
import { ENTRY_COLUMNS, ENTRY_JOINS, entryFromRow, type OutboxEntry } from "./outbox-rows.ts";

/** A reader of the outbox with a position of its own in each organization's news. */
export type OutboxReader = { readonly name: string; readonly interest: Interest };

/** What a reader is after: every entry, the few that tell of an alert, or those of organizations with a webhook in force. */
export type Interest = "all" | "alerts" | "followed";

/** Carries one reader through the outbox: what is written down in it, and not the charges that their transactions imply. What `take` writes commits together with the new position, so each entry takes
 *  effect once, in its organization's order, whatever dies when. `take` must do nothing but write to the client it is
 *  given: who has to tell somebody outside writes down what is to be told, and tells it afterwards.
 *  Any number of processes may do this at once: an organization that one of them reads is busy for the others, and a
 *  reader that stops in the middle loses it with its connection, at the latest after 30 s. */
export function createOutboxCursor(
  pool: pg.Pool,
  reader: OutboxReader,
  take: (client: pg.ClientBase, entries: readonly OutboxEntry[]) => Promise<void>,
) {
  const source = SOURCES[reader.interest];
  const unreadWhere = (condition: string) =>
    `select distinct o.org_id ${source.unread} and ${condition} order by o.org_id limit $3`;
  const ids = ({ rows }: { rows: { org_id: string }[] }) => rows.map((row) => row.org_id);
  return {
    /** Organizations after the one named ("" for the first) that have unread news, in order; empty at the end. */
    async listUnread(afterId: string, limit: number): Promise<string[]> {
      return ids(await pool.query(unreadWhere("o.org_id > $2"), [reader.name, afterId, limit]));
    },

    /** Those of the organizations named that have unread news. */
    async findUnread(organizationIds: readonly string[]): Promise<string[]> {
      const values = [reader.name, organizationIds, organizationIds.length];
      return ids(await pool.query(unreadWhere("o.org_id = any($2::text[])"), values));
    },

    /** Takes the next entries of these organizations, at most 100 of each, all in one transaction.
     *  @returns those that are not finished: they have more, or somebody else reads them now. */
    async read(organizationIds: readonly string[]): Promise<string[]> {
      const client = await pool.connect();
      let failure: Error | undefined;
      // Told of a connection that breaks between two statements; the next statement fails by it.
      const onBroken = (error: Error) => {
        failure = error;
      };
      client.on("error", onBroken);
      try {
        return await readOn(client, reader, [...organizationIds].sort(), take);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        throw error;
      } finally {
        client.off("error", onBroken);
        // A client that failed inside a transaction goes away with it.
        client.release(failure);
      }
    },

    /** Age of the oldest unread entry; 0 when all are read. */
    async lagMs(): Promise<number> {
      const { rows } = await pool.query(
        `select coalesce(max(extract(epoch from now() - n.created_at)) * 1000, 0)::float8 as lag
         from (select distinct o.org_id, coalesce(c.seq, 0) as seq ${source.unread}) u
         cross join lateral (select n.created_at from outbox n
           where n.org_id = u.org_id and n.seq > u.seq and ${source.wanted} order by n.seq limit 1) n`,
        [reader.name],
      );
      return Math.max(0, rows[0].lag);
    },
  };
}

/** A condition on an organization's ($1) outbox row o: none of the readers needs it any more. */
export function passedByAll(readers: readonly OutboxReader[]): string {
  const firstUnread = readers.map(
    ({ name, interest }) => `(select min(n.seq) from outbox n
      where n.org_id = $1 and ${SOURCES[interest].wanted} and n.seq > coalesce(
        (select c.seq from outbox_cursor c where c.org_id = $1 and c.reader = '${name}'), 0))`,
  );
  // Null, when everything is read, makes `least` look at the others alone.
  return firstUnread.length === 0 ? "true" : `o.seq < coalesce(least(${firstUnread.join(", ")}), o.seq + 1)`;
}

const CURSOR = "left join outbox_cursor c on c.org_id = o.org_id and c.reader = $1";
// unread: where to look for organizations with unread news. The account knows its last number; alerts have an index.
const SOURCES = {
  all: { wanted: "true", unread: `from account o ${CURSOR} where o.news_seq > coalesce(c.seq, 0)` },
  alerts: {
    wanted: "(n.alerts is not null or n.spend_alerts is not null)",
    unread: `from outbox o ${CURSOR} where (o.alerts is not null or o.spend_alerts is not null) and o.seq > coalesce(c.seq, 0)`,
  },
  followed: {
    wanted: followed("n"),
    unread: `from account o ${CURSOR} where ${followed("o")} and o.news_seq > coalesce(c.seq, 0)`,
  },
} satisfies Record<Interest, { wanted: string; unread: string }>;

function followed(table: "n" | "o"): string {
  return `exists (select 1 from webhook_endpoint w where w.org_id = ${table}.org_id and w.disabled_at is null)`;
}

const ENTRIES_MAX = 100;

// In organization order, as the sorted ids are: two processes that meet an organization for the first time must not
// wait for each other in a circle.
const ADD_CURSORS = `insert into outbox_cursor (org_id, reader, seq)
  select v.org_id, $1, 0 from unnest($2::text[]) as v (org_id) on conflict (org_id, reader) do nothing`;
// The account's number is at most as new as the entries read after it: up to there nothing else will turn up.
const LOCK_CURSORS = `select c.org_id, c.seq, a.news_seq from outbox_cursor c join account a on a.org_id = c.org_id
  where c.reader = $1 and c.org_id = any($2::text[]) order by c.org_id for update of c skip locked`;
const MOVE_CURSORS = `update outbox_cursor c set seq = v.seq from unnest($2::text[], $3::bigint[]) as v (org_id, seq)
  where c.org_id = v.org_id and c.reader = $1`;
const entriesOf = (wanted: string) => `select ${ENTRY_COLUMNS}
  from unnest($1::text[], $2::bigint[]) as c (org_id, seq)
  cross join lateral (select * from outbox n
    where n.org_id = c.org_id and n.seq > c.seq and ${wanted} order by n.seq limit $3) n
  ${ENTRY_JOINS} order by n.org_id, n.seq`;

async function readOn(
  client: pg.ClientBase,
  { name, interest }: OutboxReader,
  organizationIds: readonly string[],
  take: Parameters<typeof createOutboxCursor>[2],
): Promise<string[]> {
  // Committed by itself: nobody waits for a position that another process is about to add.
  await client.query(ADD_CURSORS, [name, organizationIds]);
  await client.query("begin");
  const { rows: cursors } = await client.query<CursorRow>(LOCK_CURSORS, [name, organizationIds]);
  const locked = cursors.map((row) => row.org_id);
  const positions = cursors.map((row) => row.seq);
  const { rows } = await client.query(entriesOf(SOURCES[interest].wanted), [locked, positions, ENTRIES_MAX]);
  const entries = rows.map(entryFromRow);
  if (entries.length > 0) await take(client, entries);

  const progress = cursors.map((cursor) => progressOf(cursor, entries));
  const reached = progress.map(({ seq }) => seq);
  await client.query(MOVE_CURSORS, [name, locked, reached]);
  await client.query("commit");
  const finished = new Set(
    progress.filter(({ hasMore }) => !hasMore).map(({ organizationId }) => organizationId),
  );
  return organizationIds.filter((id) => !finished.has(id));
}

type CursorRow = { readonly org_id: string; readonly seq: bigint; readonly news_seq: bigint };

function progressOf(cursor: CursorRow, entries: readonly OutboxEntry[]) {
  const own = entries.filter(({ organizationId }) => organizationId === cursor.org_id);
  const last = own.at(-1)?.news.seq ?? cursor.seq;
  const hasMore = own.length === ENTRIES_MAX;
  const seq = hasMore || cursor.news_seq < last ? last : cursor.news_seq;
  return { organizationId: cursor.org_id, seq, hasMore };
}
