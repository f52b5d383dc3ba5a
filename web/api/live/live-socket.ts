import type { LiveMessage } from "../records.ts";

export interface LiveSocket {
  close(): void;
}

interface LiveSocketEvents {
  onMessage(message: LiveMessage): void;
  /** `resumed` is false on the very first connection: then what was loaded before may have a gap. */
  onOpen(resumed: boolean): void;
  onClose(): void;
}

const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 30_000;

/** Keeps one stream to the service open for an organization until closed: reconnects with backoff and jitter, and
 *  resumes after the last sequence number seen, so that a cut line loses nothing. */
export function openLiveSocket(organizationId: string, events: LiveSocketEvents): LiveSocket {
  let socket: WebSocket | null = null;
  /** Set while the stream is cut: when it is tried again. */
  let timer: ReturnType<typeof setTimeout> | null = null;
  let failures = 0;
  let lastSeq: number | null = null;

  const connect = () => {
    timer = null;
    socket = new WebSocket(streamUrl(organizationId, lastSeq));
    socket.onopen = () => {
      failures = 0;
      events.onOpen(lastSeq !== null);
    };
    socket.onmessage = (event) => {
      const message = parseLiveMessage(event.data);
      // Resuming may repeat the message at the seam.
      if (message === null || (lastSeq !== null && message.seq <= lastSeq)) return;
      lastSeq = message.seq;
      events.onMessage(message);
    };
    socket.onclose = ({ code }) => {
      // What came after lastSeq is no longer kept: listen from now on, the queries are refreshed on opening.
      if (code === NEWS_GONE) lastSeq = null;
      lose();
    };
  };
  const lose = () => {
    events.onClose();
    timer ??= setTimeout(connect, retryDelayMs(failures, Math.random()));
    failures += 1;
  };
  // A connection without a network does not close by itself, or only after minutes.
  const onOffline = () => {
    if (timer !== null) return;
    leave(socket);
    lose();
  };
  const onOnline = () => {
    if (timer === null) return;
    clearTimeout(timer);
    connect();
  };

  connect();
  addEventListener("online", onOnline);
  addEventListener("offline", onOffline);
  return {
    close() {
      if (timer !== null) clearTimeout(timer);
      removeEventListener("online", onOnline);
      removeEventListener("offline", onOffline);
      leave(socket);
    },
  };
}

/** Closes a connection, and hears no more of it. */
function leave(socket: WebSocket | null): void {
  if (socket === null) return;
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
}

/** The service's close code for a sequence that it can't resume after. */
const NEWS_GONE = 4410;

/** Wait before the next attempt: doubles from one second to thirty, spread by half so that browsers do not come back at once.
 *  @param chance from 0 to 1. */
export function retryDelayMs(failures: number, chance: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** failures) * (0.5 + chance / 2);
}

/** A message of the stream, or null when it is none. */
export function parseLiveMessage(data: unknown): LiveMessage | null {
  if (typeof data !== "string") return null;
  try {
    const message: unknown = JSON.parse(data);
    return isLiveMessage(message) ? message : null;
  } catch {
    return null;
  }
}

function isLiveMessage(value: unknown): value is LiveMessage {
  if (typeof value !== "object" || value === null) return false;
  const { type, organization_id, seq } = value as Record<string, unknown>;
  return typeof type === "string" && typeof organization_id === "string" && Number.isFinite(seq);
}

function streamUrl(organizationId: string, lastSeq: number | null): string {
  const url = new URL("/api/billing/stream", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("organization_id", organizationId);
  if (lastSeq !== null) url.searchParams.set("after_seq", String(lastSeq));
  return url.href;
}
