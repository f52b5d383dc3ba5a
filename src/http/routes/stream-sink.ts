import type { WebSocket } from "ws";

/** A WebSocket as the place that a subscriber's messages go to. */
export function createSocketSink(socket: WebSocket): SocketSink {
  let unsent = 0;
  let waiting: (() => void)[] = [];
  const settle = () => {
    unsent -= 1;
    if (unsent > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    send(text) {
      unsent += 1;
      // Called with an error when the socket is gone, so that nobody waits for ever.
      socket.send(text, settle);
    },
    bufferedBytes: () => socket.bufferedAmount,
    flushed: () => (unsent === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close(code, reason) {
      socket.close(code, reason);
      // A client that takes nothing never answers the close, and a stopping service waits for its connections.
      setTimeout(() => socket.terminate(), CLOSE_MS_MAX).unref();
    },
  };
}

const CLOSE_MS_MAX = 3_000;

export type SocketSink = {
  send(text: string): void;
  /** What was sent and has not left this process. */
  bufferedBytes(): number;
  /** Resolves when everything sent has left this process, or never will. */
  flushed(): Promise<void>;
  close(code: number, reason: string): void;
};
