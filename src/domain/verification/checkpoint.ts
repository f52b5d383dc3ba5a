import { transactionId } from "../ledger/transaction.ts";
import type { Problem } from "./problem.ts";

/** The end of one organization's chain at one time. Its hash covers all that was posted before. */
export type ChainHead = {
  readonly organizationId: string;
  readonly seq: bigint;
  /** Hex. */
  readonly hash: string;
  /** Ten-thousandths. */
  readonly balance: bigint;
};

/** Chain heads of one moment, as they were signed: lines of JSON, of which the last one is the signature of all before.
 *  Source: docs/encryption.md, Checkpoints. */
export type Checkpoint = {
  /** RFC 3339, the database's clock. */
  readonly at: string;
  /** Of the key that signed it. */
  readonly keyId: string;
  readonly heads: readonly ChainHead[];
};

/** The lines that are signed, each with its end. */
export function checkpointLines({ at, keyId, heads }: Checkpoint): string {
  const header = { format: FORMAT, at, key: keyId, heads: heads.length };
  return [header, ...heads.map(headJson)].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** A file as checkpointLines and a signature made it; null when it is none. Whether the signature is right is not looked at. */
export function parseCheckpoint(
  text: string,
): (Checkpoint & { readonly signed: string; readonly signature: string }) | null {
  const end = text.lastIndexOf("\n", text.length - 2) + 1;
  const signed = text.slice(0, end);
  const [header, ...lines] = signed.split("\n").slice(0, -1).map(parseLine);
  const { signature } = parseLine(text.slice(end).trimEnd()) ?? {};
  if (header?.format !== FORMAT || typeof signature !== "string") return null;
  const { at, key, heads: count } = header;
  const heads = lines.map(headFrom);
  if (typeof at !== "string" || typeof key !== "string" || count !== heads.length) return null;
  if (!heads.every((head) => head !== null)) return null;
  return { at, keyId: key, heads, signed, signature };
}

/** What the ledger has where a head was signed. */
export type ChainPoint = {
  /** The account's last number; 0 without an account. */
  readonly ledgerSeq: bigint;
  /** Of the transaction with the head's number; null when there is none. */
  readonly hash: string | null;
  readonly balanceAfter: bigint | null;
};

/** What speaks against a ledger that has only grown since a head was signed; null when nothing does.
 *  @param intactSeq the last number at which an earlier checkpoint agreed; 0 for none. */
export function headProblem(
  head: ChainHead,
  point: ChainPoint,
  { at, intactSeq }: { readonly at: string; readonly intactSeq: bigint },
): Problem | null {
  const { organizationId, seq } = head;
  if (point.hash === head.hash && point.balanceAfter === head.balance) return null;
  if (point.ledgerSeq < seq) {
    const problem =
      `ends at transaction ${point.ledgerSeq}, but ${seq} were signed at ${at}: an older backup was restored, ` +
      "or the transactions after it were removed";
    return { organizationId, table: "account", key: organizationId, problem };
  }
  const key = transactionId(organizationId, seq);
  if (point.hash === null)
    return { organizationId, table: "transaction", key, problem: `is missing, but was signed at ${at}` };
  const changed =
    intactSeq + 1n === seq
      ? "it was changed"
      : `one of the transactions ${intactSeq + 1n} to ${seq} was changed`;
  const problem = `is not what was signed at ${at}: ${changed}, removed, added or put in another place`;
  return { organizationId, table: "transaction", key, problem };
}

const FORMAT = "airtime-checkpoint-1";

function headJson({ organizationId, seq, hash, balance }: ChainHead) {
  return { organization_id: organizationId, seq: String(seq), hash, balance: String(balance) };
}

function headFrom(line: Line | null): ChainHead | null {
  const { organization_id: organizationId, seq, hash, balance } = line ?? {};
  if (typeof organizationId !== "string" || typeof hash !== "string") return null;
  if (!(isWhole(seq) && isWhole(balance))) return null;
  return { organizationId, seq: BigInt(seq), hash, balance: BigInt(balance) };
}

function isWhole(value: unknown): value is string {
  return typeof value === "string" && /^-?\d+$/.test(value);
}

type Line = Readonly<Record<string, unknown>>;

function parseLine(text: string): Line | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : null;
  } catch {
    return null;
  }
}
