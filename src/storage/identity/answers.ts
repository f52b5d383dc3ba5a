import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type pg from "pg";
import { createWebhookStore } from "../webhooks/webhook-store.ts";
import { createIdentityStore } from "./store.ts";

/** Changes to organizations, members, keys and webhooks, each one transaction, each at most once for each Idempotency-Key.
 *  Recorded answers are sealed: the one that shows a new API key must not keep it readable.
 *  @param secretKey the service's secret; the sealing key is derived from it. */
export function createAnswerStore(pool: pg.Pool, secretKey: string) {
  const sealingKey = Buffer.from(hkdfSync("sha256", secretKey, "", "airtime stored answers", 32));
  return {
    answer: (work: Work): Promise<StoredAnswer> =>
      inTransaction(pool, async (client) => ({
        ...(await work(changeStoreOn(client))),
        isReplayed: false,
      })),

    answerOnce: (
      request: { readonly scope: string; readonly key: string; readonly fingerprint: string },
      work: Work,
    ): Promise<StoredAnswer | KeyReused> =>
      inTransaction(pool, async (client) => {
        const { scope, key, fingerprint } = request;
        // Whoever inserts the key first works; others with it wait here until that transaction ends.
        const claim = await client.query(CLAIM, [scope, key, fingerprint]);
        if (claim.rowCount === 0) return replay(client, request, sealingKey);
        const answer = await work(changeStoreOn(client));
        await client.query(RECORD, [scope, key, answer.status, seal(answer.body, sealingKey)]);
        return { ...answer, isReplayed: false };
      }),
  };
}

/** Everything that such a change may write. */
function changeStoreOn(client: pg.PoolClient) {
  return { ...createIdentityStore(client), ...createWebhookStore(client) };
}

type Work = (store: ReturnType<typeof changeStoreOn>) => Promise<{ status: number; body: string }>;
type StoredAnswer = { readonly status: number; readonly body: string; readonly isReplayed: boolean };
type KeyReused = { readonly kind: "idempotency_key_reused" };
type AnswerRow = { fingerprint: string; status: number; body: string };

const CLAIM = `
  insert into idempotency (org_id, key, fingerprint, status, body) values ($1, $2, $3, 0, '')
  on conflict (org_id, key) do nothing`;
const RECORD = "update idempotency set status = $3, body = $4 where org_id = $1 and key = $2";
const READ = "select fingerprint, status, body from idempotency where org_id = $1 and key = $2";

async function replay(
  client: pg.PoolClient,
  request: { readonly scope: string; readonly key: string; readonly fingerprint: string },
  sealingKey: Buffer,
): Promise<StoredAnswer | KeyReused> {
  const { rows } = await client.query<AnswerRow>(READ, [request.scope, request.key]);
  const row = rows[0];
  if (row === undefined) throw new Error("an idempotency key was taken and is gone");
  if (row.fingerprint !== request.fingerprint) return { kind: "idempotency_key_reused" };
  return { status: row.status, body: unseal(row.body, sealingKey), isReplayed: true };
}

/** Commits an answer that is a success, or a refusal to repeat; undoes everything else. */
async function inTransaction<Answer extends StoredAnswer | KeyReused>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Answer>,
): Promise<Answer> {
  const client = await pool.connect();
  let fault: Error | undefined;
  try {
    await client.query("begin");
    const answer = await work(client);
    await client.query("status" in answer && answer.status < 300 ? "commit" : "rollback");
    return answer;
  } catch (error) {
    fault = error instanceof Error ? error : new Error("a transaction failed", { cause: error });
    await client.query("rollback").then(
      () => {
        fault = undefined;
      },
      () => {}, // the connection is what failed: it is closed below
    );
    throw error;
  } finally {
    client.release(fault);
  }
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function seal(text: string, key: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

function unseal(sealed: string, key: Buffer): string {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
}
