import { type Channel, type Closing, createChannel, EXPIRED, type NewsPages, type Sink } from "./channel.ts";

/** Carries the outbox to whoever listens, one per process: every subscriber gets every message after its position
 *  exactly once and in order. Woken by `wake` after a commit of this process or a hint from another; a slow poll finds
 *  what no hint told of. Reads nothing for organizations that nobody listens to. */
export function createLiveHub(source: NewsSource, settings: HubSettings): LiveHub {
  const { connectionsMax = 200, pollMs = 2_000, onFault } = settings;
  const channels = new Map<string, Channel>();
  let isStopped = false;
  const isFull = (organizationId: string) => (channels.get(organizationId)?.size() ?? 0) >= connectionsMax;

  async function poll(): Promise<void> {
    if (channels.size === 0) return;
    try {
      const lastSeqs = await source.lastSeqs([...channels.keys()]);
      for (const [organizationId, lastSeq] of lastSeqs) channels.get(organizationId)?.reach(lastSeq);
    } catch (error) {
      onFault(error);
    }
  }
  const polling = setInterval(poll, pollMs);
  polling.unref();

  return {
    wake(organizationIds) {
      for (const id of organizationIds) channels.get(id)?.wake();
    },
    wakeAll() {
      void poll();
    },
    isFull,
    subscribe({ organizationId, afterSeq, lastSeq, sink }) {
      if (isStopped) return refuse(sink, GOING_AWAY);
      if (isFull(organizationId)) return refuse(sink, TOO_MANY);
      if (afterSeq !== null && afterSeq > lastSeq) return refuse(sink, EXPIRED);
      const channel = channels.get(organizationId) ?? createChannel(organizationId, lastSeq, source, onFault);
      channels.set(organizationId, channel);
      const leave = channel.join(sink, afterSeq ?? lastSeq);
      return () => {
        leave();
        if (channel.size() === 0 && channels.get(organizationId) === channel) channels.delete(organizationId);
      };
    },
    stop() {
      isStopped = true;
      clearInterval(polling);
      for (const channel of channels.values()) channel.close(GOING_AWAY);
      channels.clear();
    },
  };
}

export type LiveHub = {
  /** These organizations may have news. */
  wake(organizationIds: readonly string[]): void;
  /** Anybody may. */
  wakeAll(): void;
  /** Whether the organization has as many subscribers as it may. */
  isFull(organizationId: string): boolean;
  /** @returns the way to leave; leaving twice does no harm. A sink that cannot be served is closed. */
  subscribe(subscription: Subscription): () => void;
  /** Closes every sink with 1001, and takes no more. */
  stop(): void;
};

export type Subscription = {
  readonly organizationId: string;
  /** Everything after this; null: everything after `lastSeq`. */
  readonly afterSeq: bigint | null;
  /** The organization's last number, read before: nothing committed after that reading is missed. */
  readonly lastSeq: bigint;
  readonly sink: Sink;
};

/** Where news comes from. */
export type NewsSource = NewsPages & {
  /** The last number of each organization. */
  lastSeqs(organizationIds: readonly string[]): Promise<ReadonlyMap<string, bigint>>;
};

export type HubSettings = {
  /** Subscribers of one organization in this process. */
  readonly connectionsMax?: number;
  readonly pollMs?: number;
  /** Told of failed reads; they are tried again. */
  readonly onFault: (error: unknown) => void;
};

const GOING_AWAY: Closing = { code: 1001, reason: "the service is stopping" };
const TOO_MANY: Closing = { code: 1013, reason: "too many connections of this organization" };

function refuse(sink: Sink, { code, reason }: Closing): () => void {
  sink.close(code, reason);
  return () => {};
}
