import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { signHeads } from "../../src/application/sign-heads.ts";
import { verifyCheckpoints } from "../../src/application/verify-checkpoints.ts";
import { give } from "../../src/domain/charging/world.fixture.ts";
import { GENESIS_HASH } from "../../src/domain/ledger/account.ts";
import { chainHash, transactionId } from "../../src/domain/ledger/transaction.ts";
import type { Problem } from "../../src/domain/verification/problem.ts";
import { createCheckpointPost } from "../../src/notify/post-checkpoint.ts";
import { findChainPoints, headStatements } from "../../src/storage/checkpoints/chain-heads.ts";
import { createCheckpointDirectory } from "../../src/storage/checkpoints/checkpoint-directory.ts";
import {
  createSignatureCheck,
  createSigner,
  openSigningKey,
} from "../../src/storage/checkpoints/signing-key.ts";
import { transactionColumns, transactionFromRow } from "../../src/storage/posting/transaction-rows.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";

let ledger: TestLedger;
let directory: string;
let id: string;
let count = 0;
const key = generateKeyPairSync("ed25519").privateKey;

beforeAll(async () => {
  ledger = await openTestLedger();
});
afterAll(() => ledger?.close());
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "airtime-checkpoints-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  id = `org_${count++}`;
  await ledger.openAccount(id, "5");
  await post(6);
});

/** Posts so many more transactions to the organization. */
async function post(transactions: number): Promise<void> {
  for (let done = 0; done < transactions; done += 1)
    await ledger.accept(id, give(amount("1"), `more-${count++}`));
}

function sign(everyMs = 0, at?: number): Promise<string | null> {
  const heads = headStatements(ledger.pool);
  const now = at === undefined ? {} : { now: async () => at };
  const ports = { ...heads, ...now, ...createCheckpointDirectory(directory) };
  return signHeads(ports, createSigner(key), everyMs);
}

async function compare(keys = [key]) {
  const problems: Problem[] = [];
  const outcome = await verifyCheckpoints(
    {
      ...createCheckpointDirectory(directory),
      findPoints: (heads) => findChainPoints(ledger.pool, heads),
      isSignedBy: createSignatureCheck(keys),
    },
    { only: id, onProblem: (problem) => problems.push(problem) },
  );
  return { ...outcome, problems };
}

/** Makes the chain whole again over whatever the rows say now, as one does who knows how it is made. */
async function rechain(): Promise<void> {
  const { rows } = await ledger.pool.query(
    `select ${transactionColumns("t")} from transaction t where org_id = $1 order by seq`,
    [id],
  );
  let hash = GENESIS_HASH;
  for (const transaction of rows.map(transactionFromRow)) {
    hash = chainHash(hash, transaction);
    const values = [id, transaction.seq, hash];
    await ledger.pool.query(
      "update transaction set hash = decode($3, 'hex') where org_id = $1 and seq = $2",
      values,
    );
  }
  await ledger.pool.query("update account set head_hash = decode($2, 'hex') where org_id = $1", [id, hash]);
}

test("history that was only appended to is proven, by every checkpoint", async () => {
  await sign();
  await post(3);
  await sign();
  await post(2);
  expect(await compare()).toEqual({
    checkpoints: 2,
    heads: 2,
    fileProblems: [],
    problemCount: 0,
    problems: [],
  });
});

test("a tampered row whose chain was made whole again is named, with the range it lies in", async () => {
  await sign();
  await post(2);
  await sign();
  await ledger.pool.query("update transaction set description = 'Nothing' where org_id = $1 and seq = 7", [
    id,
  ]);
  await rechain();
  // The books alone contradict nothing: only what was signed does.
  expect(await ledger.verify(id)).toMatchObject({ problems: [] });
  const { problems, problemCount } = await compare();
  expect(problemCount).toBe(1);
  expect(problems).toEqual([
    {
      organizationId: id,
      table: "transaction",
      key: transactionId(id, 8n),
      problem: expect.stringContaining("one of the transactions 7 to 8 was changed"),
    },
  ]);
});

/** Moves numbers in two steps, as no two rows may have one at any moment. */
const renumber = (from: string, change: string) => [
  `update transaction set seq = seq + 1000, type_seq = type_seq + 1000 where org_id = $1 and ${from}`,
  `update transaction set seq = seq - 1000 ${change}, type_seq = type_seq - 1000 ${change} where org_id = $1 and seq > 1000`,
];
const truncate = (last: number) => [
  `delete from transaction where org_id = $1 and seq > ${last}`,
  `update account set seq = ${last}, topup_seq = ${last} where org_id = $1`,
];

test.each<[what: string, statements: readonly string[], table: Problem["table"], problem: string]>([
  [
    "a deleted row",
    ["delete from transaction where org_id = $1 and seq = 3", ...renumber("seq > 3", "- 1")],
    "transaction",
    "is missing, but was signed at",
  ],
  [
    "a deleted row in whose place another was put at the end",
    [
      "delete from transaction where org_id = $1 and seq = 3",
      ...renumber("seq > 3", "- 1"),
      `insert into transaction select org_id, 6, type, 6, kind, counter_account, amount, balance_before, balance_after,
         description, session_id, metadata, actor, sealed_ip, occurred_at, recorded_at, hash
       from transaction where org_id = $1 and seq = 5`,
    ],
    "transaction",
    "one of the transactions 1 to 6 was changed, removed, added or put in another place",
  ],
  [
    "a re-ordered row",
    [
      ...renumber("seq = 2", "+ 5000"),
      ...renumber("seq = 3", "- 1").map((statement) => `${statement} and seq < 5000`),
      "update transaction set seq = 3, type_seq = 3 where org_id = $1 and seq > 5000",
    ],
    "transaction",
    "one of the transactions 1 to 6 was changed, removed, added or put in another place",
  ],
  ["the state of an older backup", truncate(4), "account", "ends at transaction 4, but 6 were signed at"],
])("%s is detected and named", async (_what, statements, table, problem) => {
  await sign();
  for (const statement of statements) await ledger.pool.query(statement, [id]);
  await rechain();
  const { problems } = await compare();
  expect(problems).toMatchObject([{ organizationId: id, table, problem: expect.stringContaining(problem) }]);
});

test("an older backup that was posted to since is detected too, and so is an organization that is gone", async () => {
  await sign();
  for (const statement of truncate(4)) await ledger.pool.query(statement, [id]);
  await ledger.pool.query(
    "update account set head_hash = (select hash from transaction where org_id = $1 and seq = 4) where org_id = $1",
    [id],
  );
  await post(5);
  expect((await compare()).problems).toMatchObject([{ table: "transaction", key: transactionId(id, 6n) }]);
  await ledger.pool.query("delete from transaction where org_id = $1", [id]);
  await ledger.pool.query("delete from account where org_id = $1", [id]);
  expect((await compare()).problems).toMatchObject([
    { table: "account", problem: expect.stringContaining("ends at transaction 0, but 6 were signed") },
  ]);
});

test("a checkpoint that was altered, cut off or signed by somebody else proves nothing and says so", async () => {
  await sign();
  const [name = ""] = readdirSync(directory);
  const path = join(directory, name);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(`"${id}"`, '"org_other"'));
  const problemOf = async (keys = [key]) => (await compare(keys)).fileProblems;
  expect(await problemOf()).toEqual([{ name, problem: "was changed after it was signed" }]);
  writeFileSync(path, text.slice(0, -20));
  expect(await problemOf()).toEqual([{ name, problem: "is no checkpoint, or was cut off" }]);
  writeFileSync(path, text);
  const stranger = generateKeyPairSync("ed25519").privateKey;
  expect(await problemOf([stranger])).toEqual([{ name, problem: expect.stringContaining("not trusted") }]);
  expect(await problemOf()).toEqual([]);
});

test("a checkpoint has the chains that changed, and is made when it is due", async () => {
  const first = await sign();
  expect(first).toContain(`"${id}"`);
  const later = Date.now() + 3_600_000;
  expect(await sign(3_600_000)).toBeNull();
  await post(1);
  const changed = await sign(3_600_000, later);
  expect(changed).toContain('"seq":"7"');
  expect(await sign(0, later + 86_400_000)).toBeNull();
  expect((await compare()).problemCount).toBe(0);
});

test("the data directory's key is made once, for everybody who opens it", () => {
  const place = { given: null, dataDir: directory };
  const signer = createSigner(openSigningKey(place));
  expect(createSigner(openSigningKey(place)).keyId).toBe(signer.keyId);
  const isSignedBy = createSignatureCheck([openSigningKey(place)]);
  expect(isSignedBy(signer.keyId, "text", signer.sign("text"))).toBe(true);
  expect(isSignedBy(signer.keyId, "other", signer.sign("text"))).toBe(false);
  expect(readdirSync(directory)).toEqual(["checkpoint-key.pem"]);
});

test("an archive gets every checkpoint in order, those that it did not take first", async () => {
  const taken: string[] = [];
  let status = 503;
  const archive = createServer(async (request, response) => {
    const body = (await request.setEncoding("utf8").toArray()).join("");
    if (status === 200) taken.push(body);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => archive.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void archive.close());
  const address = archive.address();
  if (address === null || typeof address === "string") throw new Error("the archive has no port");
  const post = createCheckpointPost(`http://127.0.0.1:${address.port}/`);
  await expect(post("first")).rejects.toThrow("503");
  status = 200;
  await post("second");
  expect(taken).toEqual(["first", "second"]);
});
