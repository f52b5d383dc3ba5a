import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

/** A real receiver of webhooks on this machine. It keeps every request, and answers as a test tells it to. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answer: Answering = (_request, response) => void response.writeHead(204).end();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString();
      const one = {
        id: String(request.headers["webhook-id"]),
        headers: request.headers,
        text,
        at: Date.now(),
      };
      received.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    answerWith(answering) {
      answer =
        typeof answering === "number"
          ? (_request, response) => void response.writeHead(answering).end()
          : answering;
    },
    events: () => received.map(({ text }) => JSON.parse(text)),
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export type Received = {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly at: number;
};

type Answering = (request: Received, response: ServerResponse) => void;

export type Receiver = {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** From now on: always this status, or whatever the function does. */
  answerWith(answering: number | Answering): void;
  /** The bodies, parsed. */
  events(): ReturnType<typeof JSON.parse>[];
  stop(): Promise<void>;
};

/** Whether the reference library takes a request for one signed with the secret. */
export function isSignedWith(secret: string, { text, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(text, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
