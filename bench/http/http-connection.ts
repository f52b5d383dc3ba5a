import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One kept-alive HTTP/1.1 connection with one request under way at a time. The generator must cost little beside what it
 *  measures, so it reads of an answer only what it needs: the status and the length. */
export type HttpConnection = {
  post(request: PostRequest): Promise<HttpAnswer>;
  close(): void;
};

export type PostRequest = { readonly path: string; readonly key: string; readonly body: string };
export type HttpAnswer = { readonly status: number; readonly body: Buffer };

type Waiting = { readonly resolve: (answer: HttpAnswer) => void; readonly reject: (error: Error) => void };

export async function openConnection(port: number): Promise<HttpConnection> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  return overSocket(socket);
}

function overSocket(socket: Socket): HttpConnection {
  let received: Buffer = Buffer.alloc(0);
  let waiting: Waiting | null = null;
  socket.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const read = readAnswer(received);
    if (read === null || waiting === null) return;
    received = received.subarray(read.length);
    const { resolve } = waiting;
    waiting = null;
    resolve(read.answer);
  });
  const lose = (error: Error) => waiting?.reject(error);
  socket.on("error", lose);
  socket.on("close", () => lose(new Error("the connection was closed")));
  return {
    post({ path, key, body }) {
      if (waiting !== null) return Promise.reject(new Error("a request is under way"));
      const answered = new Promise<HttpAnswer>((resolve, reject) => {
        waiting = { resolve, reject };
      });
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n` +
          `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      return answered;
    },
    close: () => socket.destroy(),
  };
}

const HEADER_END = "\r\n\r\n";

/** The answer at the start of what was received, and its length with its header; null while it is not all there. */
export function readAnswer(
  received: Buffer,
): { readonly answer: HttpAnswer; readonly length: number } | null {
  const headerLength = received.indexOf(HEADER_END);
  if (headerLength < 0) return null;
  const header = received.toString("latin1", 0, headerLength);
  const bodyLength = /\r\ncontent-length: *(\d+)/i.exec(header)?.[1];
  if (bodyLength === undefined) throw new Error("an answer has no content-length");
  const bodyStart = headerLength + HEADER_END.length;
  const length = bodyStart + Number(bodyLength);
  if (received.length < length) return null;
  const status = Number(header.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
  return { answer: { status, body: received.subarray(bodyStart, length) }, length };
}
