import type pg from "pg";
import { expect } from "vitest";
import type { Verification } from "../../src/application/verify-ledger.ts";
import { transactionId as idOfTransaction } from "../../src/domain/ledger/transaction.ts";
import type { Client } from "../http/api-client.ts";
import type { Account } from "./accounts.ts";

/** What a runtime asked the service for, and what it knows of it: the answer, or that it got none. */
export type HttpEntry = {
  readonly request: ChangeRequest;
  readonly fate: "acknowledged" | "refused" | "unknown";
  readonly status: number | null;
  readonly text: string;
  /** Of the transaction that the answer shows. */
  readonly transactionId: string | null;
};

/** A request that changes something; sent again it means the same. */
export type ChangeRequest = {
  readonly organizationId: string;
  readonly subject: "event" | "credit" | "open" | "report" | "end" | "cancel";
  /** Of the event, credit or session. */
  readonly id: string;
  readonly path: string;
  readonly body: {
    readonly seq?: number;
    readonly duration_seconds?: number;
    readonly [field: string]: unknown;
  };
  readonly idempotencyKey: string | null;
};

/** Sends a request once. Null when it never left: nobody listened. An answer that no client could expect throws. */
export async function ask(client: Client, request: ChangeRequest): Promise<HttpEntry | null> {
  const { path, body, idempotencyKey } = request;
  const headers = idempotencyKey === null ? {} : { "idempotency-key": idempotencyKey };
  const answer = await client.post(path, body, headers).catch((error: unknown) => {
    if (codeOf(error) === "ECONNREFUSED") return null;
    return { status: 503, text: "", body: null, headers: new Headers({ "retry-after": "0" }) };
  });
  if (answer === null) return null;
  const { status, text } = answer;
  if (status === 503) expect(answer.headers.get("retry-after"), text).not.toBeNull();
  if (status === 503) return { request, fate: "unknown", status: null, text, transactionId: null };
  if (![200, 201, 402, 409].includes(status)) throw new Error(`${path} answered ${status}: ${text}`);
  const fate = status < 300 ? "acknowledged" : "refused";
  return { request, fate, status, text, transactionId: answer.body?.transaction?.id ?? null };
}

function codeOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause ? cause.code : null;
}

/** Expects of everything in the journal that what was acknowledged is there, once; that what was refused is not; and
 *  that what is unknown is there at most once. */
export async function expectJournalKept(pool: pg.Pool, journal: readonly HttpEntry[]): Promise<void> {
  const known = [...journal]; // what is answered while the database is read may not be in it yet
  const posted = await readPosted(pool);
  const sessions = await readSessions(pool);
  const wrong = known.filter((entry) => {
    const { organizationId, subject, id } = entry.request;
    const key = `${organizationId} ${id}`;
    if (subject === "event" || subject === "credit")
      return !isKept(entry, posted.get(`${subject} ${key}`) ?? []);
    return !isReached(entry, sessions.get(key) ?? null);
  });
  expect(wrong).toEqual([]);
}

/** Expects the journal kept, one answer to everything unknown, and a ledger that proves itself.
 *  @returns how many transactions there are. */
export async function expectBooks(
  ledger: { readonly pool: pg.Pool; verify(): Promise<Verification> },
  accounts: readonly Account[],
  journal: readonly HttpEntry[],
): Promise<number> {
  const clientFor = ({ organizationId, subject }: HttpEntry["request"]) => {
    const account = accounts.find(({ id }) => id === organizationId);
    if (account === undefined) throw new Error(`${organizationId} is none of ours`);
    return subject === "credit" ? account.operator : account.runtime;
  };
  await expectJournalKept(ledger.pool, journal);
  await expectOneAnswer(clientFor, ledger.pool, journal);
  const verified = await ledger.verify();
  expect(verified).toMatchObject({ kind: "verified", problems: [] });
  return verified.kind === "verified" ? verified.transactions : 0;
}

/** Asks twice again for what is unknown: both answers are one, and what they say is kept. */
async function expectOneAnswer(
  clientOf: (request: ChangeRequest) => Client,
  pool: pg.Pool,
  journal: readonly HttpEntry[],
): Promise<void> {
  const unknown = journal.filter(({ fate }) => fate === "unknown").map(({ request }) => request);
  const answers: HttpEntry[] = [];
  for (const request of unknown) {
    const first = await ask(clientOf(request), request);
    const second = await ask(clientOf(request), request);
    if (first === null || second === null) throw new Error(`nobody listens for ${request.path}`);
    expect(second.fate, second.text).toBe(first.fate);
    expect(second.transactionId).toBe(first.transactionId);
    if (request.idempotencyKey !== null && first.fate === "acknowledged") {
      expect([second.status, second.text]).toEqual([first.status, first.text]);
    }
    answers.push(first);
  }
  expect(answers.filter(({ fate }) => fate === "unknown")).toEqual([]);
  await expectJournalKept(pool, answers);
}

async function readPosted(pool: pg.Pool): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{
    org_id: string;
    seq: bigint;
    event_id: string | null;
    credit_id: string | null;
  }>(
    `select org_id, seq, metadata->>'event_id' as event_id, metadata->>'credit_id' as credit_id from transaction
     where session_id is null`,
  );
  const posted = new Map<string, string[]>();
  for (const { org_id, seq, event_id, credit_id } of rows) {
    const key = event_id === null ? `credit ${org_id} ${credit_id}` : `event ${org_id} ${event_id}`;
    posted.set(key, [...(posted.get(key) ?? []), idOfTransaction(org_id, seq)]);
  }
  return posted;
}

function isKept({ fate, transactionId }: HttpEntry, posted: readonly string[]): boolean {
  if (fate === "acknowledged") return posted.length === 1 && posted[0] === transactionId;
  return fate === "refused" ? posted.length === 0 : posted.length <= 1;
}

type StoredSession = { status: string; reportSeq: bigint; durationMs: bigint; transactionId: string | null };

async function readSessions(pool: pg.Pool): Promise<Map<string, StoredSession>> {
  const { rows } = await pool.query<{
    org_id: string;
    id: string;
    status: string;
    report_seq: bigint;
    duration_ms: bigint;
    transaction_seq: bigint | null;
  }>("select org_id, id, status, report_seq, duration_ms, transaction_seq from session");
  return new Map(
    rows.map((row) => [
      `${row.org_id} ${row.id}`,
      {
        status: row.status,
        reportSeq: row.report_seq,
        durationMs: row.duration_ms,
        transactionId: row.transaction_seq === null ? null : idOfTransaction(row.org_id, row.transaction_seq),
      },
    ]),
  );
}

/** A session has come at least as far as its runtime was told. */
function isReached({ request, fate, transactionId }: HttpEntry, session: StoredSession | null): boolean {
  const { subject, body } = request;
  if (fate === "unknown") return true;
  // A session that was refused is not there; a report or end is refused when another request ended the session.
  if (fate === "refused") return subject === "open" ? session === null : session !== null;
  if (session === null) return false;
  switch (subject) {
    case "report":
      return (
        session.reportSeq >= BigInt(body.seq ?? 0) &&
        session.durationMs >= BigInt(Math.round((body.duration_seconds ?? 0) * 1000))
      );
    case "end":
      return session.status === "settled" && session.transactionId === transactionId;
    case "cancel":
      return session.status === "cancelled";
    default:
      return true;
  }
}
