import type { CheckpointSigner } from "../application/checkpoint-ports.ts";
import { signHeads } from "../application/sign-heads.ts";
import type { Config } from "../config.ts";
import { createCheckpointPost } from "../notify/post-checkpoint.ts";
import { headStatements } from "../storage/checkpoints/chain-heads.ts";
import { createCheckpointDirectory } from "../storage/checkpoints/checkpoint-directory.ts";
import { createSigner, openSigningKey } from "../storage/checkpoints/signing-key.ts";
import type { Foundation } from "./foundation.ts";

/** What signs the heads of the chains when it is due; null where no checkpoints are made. A directory that can't be
 *  written fails each run, and never the start. */
export function wireCheckpoints({ pool, config }: Foundation): (() => Promise<void>) | null {
  const { directory, everySeconds, url } = config.checkpoints;
  if (everySeconds === 0) return null;
  const ports = { ...headStatements(pool), ...createCheckpointDirectory(directory) };
  const post = url === null ? null : createCheckpointPost(url);
  const signer = signerOf(config);
  return async () => {
    const text = await signHeads(ports, signer(), everySeconds * 1_000);
    if (text !== null) await post?.(text);
  };
}

/** Whoever signs first opens the key, or makes it. */
export function signerOf({ checkpoints, dataDir }: Config): () => CheckpointSigner {
  let signer: CheckpointSigner | null = null;
  return () => {
    signer ??= createSigner(openSigningKey({ given: checkpoints.key, dataDir }));
    return signer;
  };
}
