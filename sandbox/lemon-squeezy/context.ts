import type { StateStore } from "./state.ts";
import type { WebhookSender } from "./webhook-sender.ts";

/** What the sandbox's routes share. */
export type SandboxContext = {
  readonly store: StateStore;
  readonly sender: WebhookSender;
  readonly storeId: string;
  readonly storeName: string;
  readonly variants: readonly SandboxVariant[];
  readonly testMode: boolean;
  readonly rateLimitPerMinute: number;
  /** The sandbox's own address, known once it listens. */
  readonly url: () => string;
};

/** One package on sale. `priceCents` is in US cents, whole. */
export type SandboxVariant = {
  readonly variantId: string;
  readonly name: string;
  readonly priceCents: number;
  readonly description?: string;
};
