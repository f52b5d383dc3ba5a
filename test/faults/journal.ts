import type pg from "pg";
import { expect } from "vitest";
import type { Command } from "../../src/domain/charging/command.ts";
import { charge } from "../../src/domain/charging/world.fixture.ts";
import type { PostingEngine } from "../../src/storage/posting/engine.ts";
import { EngineUnavailable } from "../../src/storage/posting/engine-faults.ts";
import { decideWith } from "../setup/ledger.ts";

/** What a client knows of an event that it sent: the answer it got, or that it got none. */
export type Entry = {
  readonly organizationId: string;
  readonly eventId: string;
  readonly fate: "acknowledged" | "refused" | "unknown";
  readonly transactionId: string | null;
};

/** Sends one event and notes what came of it. A fault other than an outage fails the test. */
export async function send(engine: PostingEngine, organizationId: string, eventId: string): Promise<Entry> {
  const command: Command = charge(60, eventId);
  try {
    const decision = await decideWith(engine, organizationId, command);
    return decision.kind === "refused"
      ? { organizationId, eventId, fate: "refused", transactionId: null }
      : { organizationId, eventId, fate: "acknowledged", transactionId: decision.transaction?.id ?? null };
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) throw error;
    return { organizationId, eventId, fate: "unknown", transactionId: null };
  }
}

/** Expects what was acknowledged to be there once, what was refused not to be there, and what is unknown at most once. */
export async function expectKept(pool: pg.Pool, journal: readonly Entry[]): Promise<void> {
  const { rows } = await pool.query<{ org_id: string; event_id: string; count: bigint }>(
    `select org_id, metadata->>'event_id' as event_id, count(*) from transaction
     where metadata->>'event_id' is not null group by 1, 2`,
  );
  const counts = new Map(rows.map((row) => [`${row.org_id} ${row.event_id}`, Number(row.count)]));
  const wrong = journal.filter(({ organizationId, eventId, fate }) => {
    const count = counts.get(`${organizationId} ${eventId}`) ?? 0;
    if (fate === "acknowledged") return count !== 1;
    return fate === "refused" ? count !== 0 : count > 1;
  });
  expect(wrong).toEqual([]);
}

/** Sends what is unknown twice again: both answers are one, and then it is there once (or refused, and is not). */
export async function expectOneAnswer(
  engine: PostingEngine,
  pool: pg.Pool,
  journal: readonly Entry[],
): Promise<void> {
  const unknown = journal.filter(({ fate }) => fate === "unknown");
  const again = () => Promise.all(unknown.map((entry) => send(engine, entry.organizationId, entry.eventId)));
  const first = await again();
  expect(first.filter(({ fate }) => fate === "unknown")).toEqual([]);
  expect(await again()).toEqual(first);
  await expectKept(pool, first);
}
