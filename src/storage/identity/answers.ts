import type pg from "pg";
import type { AuditStore } from "../../application/audit-ports.ts";
import type { MailStore } from "../../application/mail-ports.ts";
import { appendAuditEvents } from "../audit/append-events.ts";
import { decrypt, derivedKey, encrypt } from "../encryption.ts";
import { insertMail } from "../mail.ts";
import { createWebhookStore } from "../webhooks/webhook-store.ts";
import { createIdentityStore } from "./store.ts";

/** Changes to organizations, members, keys and webhooks, each one transaction, each at most once for each Idempotency-Key.
 *  Recorded answers are sealed: the one that shows a new API key must not keep it readable.
 *  @param secretKey the service's root key; the sealing key is derived from it. */
export function createAnswerStore(pool: pg.Pool, secretKey: string) {
  const sealingKey = derivedKey(secretKey, "stored answers");
  return {
    answer: (work: Work): Promise<StoredAnswer> =>
      withClient(pool, (client) =>
        inTransaction(
          client,
          async () => ({ ...(await work(changeStoreOn(client))), isReplayed: false }),
          isSuccess,
        ),
      ),

    answerOnce: (request: KeyedRequest, work: Work): Promise<StoredAnswer | KeyReused> =>
      withClient(pool, async (client) => {
        for (;;) {
          // Committed before the work begins: the posting engine keeps its answers in the same table, and must see that the
          // key is taken rather than wait for work that may wait for the engine.
          await client.query(CLAIM, [request.scope, request.key, request.fingerprint]);
          const answer = await inTransaction(client, () => answerClaimed(client, request, work, sealingKey));
          if (answer !== null) return answer;
        }
      }),
  };
}

/** Everything that such a change may write. */
function changeStoreOn(client: pg.PoolClient) {
  const mails: MailStore = { insertMail: (mail) => insertMail(client, mail) };
  const audit: AuditStore = { appendAudit: (drafts) => appendAuditEvents(client, drafts) };
  return { ...createIdentityStore(client), ...createWebhookStore(client), ...mails, ...audit };
}

type KeyedRequest = { readonly scope: string; readonly key: string; readonly fingerprint: string };
type Work = (store: ReturnType<typeof changeStoreOn>) => Promise<{ status: number; body: string }>;
type StoredAnswer = { readonly status: number; readonly body: string; readonly isReplayed: boolean };
type KeyReused = { readonly kind: "idempotency_key_reused" };
type AnswerRow = { fingerprint: string; status: number; body: string };

const CLAIM = `
  insert into idempotency (org_id, key, fingerprint, status, body) values ($1, $2, $3, 0, '')
  on conflict (org_id, key) do nothing`;
const LOCK = "select fingerprint, status, body from idempotency where org_id = $1 and key = $2 for update";
const RECORD = "update idempotency set status = $3, body = $4 where org_id = $1 and key = $2";
const GIVE_UP = "delete from idempotency where org_id = $1 and key = $2";

/** Answers a request whose key was claimed; null when the claim was given up meanwhile, and has to be made again. */
async function answerClaimed(
  client: pg.PoolClient,
  { scope, key, fingerprint }: KeyedRequest,
  work: Work,
  sealingKey: Buffer,
): Promise<StoredAnswer | KeyReused | null> {
  // Whoever locks the claim first works; others with the key wait here until that transaction ends.
  const { rows } = await client.query<AnswerRow>(LOCK, [scope, key]);
  const row = rows[0];
  if (row === undefined) return null;
  if (row.fingerprint !== fingerprint) return { kind: "idempotency_key_reused" };
  // Not answered: claimed just now, or by a process that died before it was done.
  if (row.status !== 0) {
    const body = decrypt(sealingKey, placeOf(scope, key), row.body).toString();
    return { status: row.status, body, isReplayed: true };
  }
  await client.query("savepoint work");
  const answer = await work(changeStoreOn(client));
  if (isSuccess(answer)) {
    const sealed = encrypt(sealingKey, placeOf(scope, key), Buffer.from(answer.body));
    await client.query(RECORD, [scope, key, answer.status, sealed]);
  } else {
    await client.query("rollback to savepoint work");
    await client.query(GIVE_UP, [scope, key]);
  }
  return { ...answer, isReplayed: false };
}

const placeOf = (scope: string, key: string) => `${scope}/idempotency.body/${key}`;

function isSuccess({ status }: { readonly status: number }): boolean {
  return status < 300;
}

/** Commits what was done, or undoes it when it failed or is not to be kept. */
async function inTransaction<Answer>(
  client: pg.PoolClient,
  work: () => Promise<Answer>,
  isKept: (answer: Answer) => boolean = () => true,
): Promise<Answer> {
  await client.query("begin");
  try {
    const answer = await work();
    await client.query(isKept(answer) ? "commit" : "rollback");
    return answer;
  } catch (error) {
    // Where the connection is what failed there is nothing to roll back, and the first error tells more.
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

async function withClient<Answer>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Answer>,
): Promise<Answer> {
  const client = await pool.connect();
  let fault: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    fault = error instanceof Error ? error : new Error("a transaction failed", { cause: error });
    throw error;
  } finally {
    // A connection on which something failed goes away with it, whatever state it is in.
    client.release(fault);
  }
}
