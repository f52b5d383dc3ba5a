/** One organization's news for those who listen to it here: one cursor for all of them, so that a message is read and
 *  written once however many there are. A subscriber who is behind the cursor reads on by itself, at the speed at which
 *  it takes what it is sent, until it has caught up.
 *  @param lastSeq where the cursor starts. */
export function createChannel(
  organizationId: string,
  lastSeq: bigint,
  source: NewsPages,
  onFault: (error: unknown) => void,
): Channel {
  const subscribers = new Set<Subscriber>();
  let cursor = lastSeq;
  let isReading = false;
  let isWoken = false;

  async function readOn(): Promise<void> {
    isWoken = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isWoken && subscribers.size > 0) {
        isWoken = false;
        const page = await source.read(organizationId, cursor);
        for (const message of page) {
          cursor = message.seq;
          for (const subscriber of subscribers) deliver(subscriber, message);
        }
        if (page.length >= source.pageMax) isWoken = true;
        // A busy organization commits hundreds of times a second: what comes shortly is read together.
        else if (isWoken) await new Promise((resolve) => setTimeout(resolve, READ_PAUSE_MS));
      }
    } catch (error) {
      onFault(error);
    } finally {
      isReading = false;
    }
  }

  function deliver(subscriber: Subscriber, message: LiveMessage): void {
    if (subscriber.isCatchingUp || message.seq <= subscriber.position) return;
    if (message.seq > subscriber.position + 1n) void catchUp(subscriber);
    else if (subscriber.sink.bufferedBytes() > BUFFERED_BYTES_MAX) drop(subscriber, TOO_SLOW);
    else send(subscriber, message);
  }

  async function catchUp(subscriber: Subscriber): Promise<void> {
    if (subscriber.isCatchingUp) return;
    subscriber.isCatchingUp = true;
    try {
      while (subscribers.has(subscriber) && subscriber.position < cursor) {
        const page = await source.read(organizationId, subscriber.position);
        if (page[0]?.seq !== subscriber.position + 1n) return drop(subscriber, EXPIRED);
        await sendPaced(subscriber, page);
      }
    } catch (error) {
      onFault(error);
    } finally {
      subscriber.isCatchingUp = false;
    }
  }

  async function sendPaced(subscriber: Subscriber, page: readonly LiveMessage[]): Promise<void> {
    for (const message of page) {
      if (!subscribers.has(subscriber)) return;
      send(subscriber, message);
      if (subscriber.sink.bufferedBytes() > PACED_BYTES) await subscriber.sink.flushed();
    }
  }

  function drop(subscriber: Subscriber, { code, reason }: Closing): void {
    subscribers.delete(subscriber);
    subscriber.sink.close(code, reason);
  }

  return {
    size: () => subscribers.size,
    wake: () => void readOn(),
    reach(seq) {
      if (seq > cursor) void readOn();
      // Whoever could not be served while the database was away tries again.
      for (const subscriber of subscribers) if (subscriber.position < cursor) void catchUp(subscriber);
    },
    join(sink, position) {
      const subscriber = { sink, position, isCatchingUp: false };
      subscribers.add(subscriber);
      if (position < cursor) void catchUp(subscriber);
      void readOn();
      return () => void subscribers.delete(subscriber);
    },
    close(closing) {
      for (const subscriber of subscribers) drop(subscriber, closing);
    },
  };
}

function send(subscriber: Subscriber, { seq, text }: LiveMessage): void {
  subscriber.position = seq;
  subscriber.sink.send(text);
}

export type Channel = {
  size(): number;
  /** There may be news. */
  wake(): void;
  /** The organization's last number is this. */
  reach(seq: bigint): void;
  /** Sends the sink everything after the position. @returns the way to leave. */
  join(sink: Sink, position: bigint): () => void;
  close(closing: Closing): void;
};

/** What a subscriber's messages go to. */
export type Sink = {
  send(text: string): void;
  /** What was sent and has not left this process. */
  bufferedBytes(): number;
  /** Resolves when everything sent has left this process, or never will. */
  flushed(): Promise<void>;
  close(code: number, reason: string): void;
};

/** A message as it is sent. */
export type LiveMessage = { readonly seq: bigint; readonly text: string };

export type NewsPages = {
  /** The messages after a number, in order, at most pageMax. */
  read(organizationId: string, afterSeq: bigint): Promise<readonly LiveMessage[]>;
  readonly pageMax: number;
};

/** A WebSocket close code and its reason. */
export type Closing = { readonly code: number; readonly reason: string };

/** The news after the subscriber's number are no longer kept, or that number was never given out: it has to read the
 *  balance anew and listen from there. */
export const EXPIRED: Closing = { code: 4410, reason: "after_seq is no longer known: connect without it" };

const TOO_SLOW: Closing = { code: 1013, reason: "resume with after_seq" };
const BUFFERED_BYTES_MAX = 1_048_576;
const PACED_BYTES = 262_144;
const READ_PAUSE_MS = 20;

type Subscriber = {
  readonly sink: Sink;
  /** The last number it was sent. */
  position: bigint;
  isCatchingUp: boolean;
};
