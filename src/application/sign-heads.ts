import { type ChainHead, checkpointLines } from "../domain/verification/checkpoint.ts";
import type { CheckpointPorts, CheckpointSigner } from "./checkpoint-ports.ts";

/** Signs the heads of all chains that changed since the last checkpoint, and keeps them outside the database.
 *  @param everyMs nothing is done until the last checkpoint is as old.
 *  @returns what was kept; null when it was too early or nothing had changed. */
export async function signHeads(
  ports: CheckpointPorts,
  signer: CheckpointSigner,
  everyMs: number,
): Promise<string | null> {
  const { keyId } = signer;
  const now = await ports.now();
  const last = await ports.lastSignedAt(keyId);
  if (last !== null && now - last < everyMs) return null;
  const heads = await listChanged(ports, last === null ? null : last - OVERLAP_MS);
  if (heads.length === 0) return null;
  const text = signedCheckpoint(signer, { at: now, heads });
  await ports.store({ at: now, keyId, text });
  return text;
}

/** Heads of one moment as a checkpoint that `airtime verify --checkpoints` takes. @param at epoch ms. */
export function signedCheckpoint(
  { keyId, sign }: CheckpointSigner,
  { at, heads }: { readonly at: number; readonly heads: readonly ChainHead[] },
): string {
  const lines = checkpointLines({ at: new Date(at).toISOString(), keyId, heads });
  return `${lines}${JSON.stringify({ signature: sign(lines) })}\n`;
}

/** A batch that had begun when the last checkpoint looked may have committed after it, with a time before. */
const OVERLAP_MS = 60_000;
const PAGE = 5_000;

/** Each head is read after the checkpoint's time and was committed, whatever is posted meanwhile. */
async function listChanged(ports: CheckpointPorts, since: number | null): Promise<ChainHead[]> {
  const heads: ChainHead[] = [];
  for (;;) {
    const page = await ports.listHeads({ since, after: heads.at(-1)?.organizationId ?? "", limit: PAGE });
    heads.push(...page);
    if (page.length < PAGE) return heads;
  }
}
