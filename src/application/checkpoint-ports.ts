import type { ChainHead, ChainPoint } from "../domain/verification/checkpoint.ts";

/** What signing the heads of the chains needs from outside. */
export type CheckpointPorts = {
  /** The database's time, epoch ms. */
  now(): Promise<number>;
  /** Heads of chains that changed after `since` (epoch ms; null: all), after an organization ("" for the first), in the order
   *  of their ids; organizations without transactions are left out. */
  listHeads(wanted: {
    readonly since: number | null;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly ChainHead[]>;
  /** When this key signed its last checkpoint, epoch ms; null when there is none. */
  lastSignedAt(keyId: string): Promise<number | null>;
  /** @param at epoch ms. */
  store(checkpoint: { readonly at: number; readonly keyId: string; readonly text: string }): Promise<void>;
};

/** Signs for later, and for whoever has the public key. */
export type CheckpointSigner = { readonly keyId: string; sign(text: string): string };

/** What proving that history was only appended needs from outside. */
export type CheckpointVerifyPorts = {
  /** Every checkpoint kept, the oldest first. */
  checkpoints(): AsyncIterable<{ readonly name: string; readonly text: string }>;
  /** In the order of the heads. */
  findPoints(heads: readonly ChainHead[]): Promise<readonly ChainPoint[]>;
  /** Null when the key is not one of those that are trusted. */
  isSignedBy(keyId: string, text: string, signature: string): boolean | null;
};
