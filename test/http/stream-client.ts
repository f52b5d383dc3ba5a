import { WebSocket } from "ws";
import { streamMessageSchema } from "../../src/http/wire/stream-message.ts";

/** Opens a stream and keeps what it says, each message of the documented shape. Rejects with the status and code of a refusal. */
export async function openStream(url: string, options: StreamOptions): Promise<Stream> {
  const { query = {}, headers = {} } = options;
  const address = new URL("/api/billing/stream", url.replace(/^http/, "ws"));
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
  const socket = new WebSocket(address, { headers });
  const messages: StreamMessage[] = [];
  socket.on("message", (data) => messages.push(streamMessageSchema.parse(JSON.parse(String(data)))));
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await new Promise<void>((resolve, reject) => {
    socket.on("open", () => resolve());
    socket.on("error", reject);
    socket.on("unexpected-response", (_request, response) => {
      response.setEncoding("utf8");
      let body = "";
      response.on("data", (text) => (body += text));
      response.on("end", () => reject(new StreamRefused(response.statusCode ?? 0, JSON.parse(body).code)));
    });
  });
  return {
    messages,
    closed,
    seqs: () => messages.map(({ seq }) => seq),
    cut: () => socket.terminate(),
    pause: () => socket.pause(),
  };
}

export class StreamRefused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`refused with ${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export type Stream = {
  readonly messages: readonly StreamMessage[];
  /** The close code. */
  readonly closed: Promise<number>;
  seqs(): number[];
  /** Breaks the connection without a word. */
  cut(): void;
  /** Reads nothing more. */
  pause(): void;
};

export type StreamMessage = {
  readonly type: string;
  readonly seq: number;
  readonly [field: string]: unknown;
};

type StreamOptions = {
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
};
