import type { LiveMessage } from "../records.ts";
import { openLiveSocket } from "./live-socket.ts";

export type LiveState = "connecting" | "live" | "reconnecting";

export interface StreamListener {
  onMessage(message: LiveMessage): void;
  onState(state: LiveState): void;
  /** Something may have been missed before the stream opened: read again. */
  onGap(): void;
}

type News =
  | { kind: "message"; message: LiveMessage }
  | { kind: "state"; state: LiveState }
  | { kind: "gap" }
  | { kind: "hello" };

/** Joins this tab to the browser's one stream of an organization. The tab that holds the lock keeps the WebSocket and passes its news
 *  on to the others; when it closes, the next tab takes the lock. Answers the function that leaves. */
export function joinSharedStream(organizationId: string, listener: StreamListener): () => void {
  // Web Locks exist in secure contexts only (https, localhost). Elsewhere each tab keeps a stream of its own.
  if (!navigator.locks || typeof BroadcastChannel === "undefined")
    return leadStream(organizationId, listener, () => {});

  const name = `airtime-live:${organizationId}`;
  const channel = new BroadcastChannel(name);
  const leaving = new AbortController();
  let state: LiveState = "connecting";
  let leading = false;

  channel.onmessage = ({ data: news }: MessageEvent<News>) => {
    if (news.kind === "hello") {
      if (leading) channel.postMessage({ kind: "state", state } satisfies News);
      return;
    }
    if (!leading) deliver(news, listener);
  };
  channel.postMessage({ kind: "hello" } satisfies News);

  const lead = () =>
    new Promise<void>((resolve) => {
      leading = true;
      const stop = leadStream(organizationId, listener, (news) => {
        if (news.kind === "state") state = news.state;
        channel.postMessage(news);
      });
      leaving.signal.addEventListener("abort", () => {
        stop();
        resolve();
      });
    });
  navigator.locks.request(name, { signal: leaving.signal }, lead).catch(ignoreAbort);
  return () => {
    leaving.abort();
    channel.close();
  };
}

function leadStream(
  organizationId: string,
  listener: StreamListener,
  pass: (news: News) => void,
): () => void {
  const tell = (news: News) => {
    deliver(news, listener);
    pass(news);
  };
  const socket = openLiveSocket(organizationId, {
    onMessage: (message) => tell({ kind: "message", message }),
    onOpen: (resumed) => {
      tell({ kind: "state", state: "live" });
      if (!resumed) tell({ kind: "gap" });
    },
    onClose: () => tell({ kind: "state", state: "reconnecting" }),
  });
  return () => socket.close();
}

function deliver(news: News, listener: StreamListener): void {
  if (news.kind === "message") listener.onMessage(news.message);
  if (news.kind === "state") listener.onState(news.state);
  if (news.kind === "gap") listener.onGap();
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
}
