import { Socket } from "node:net";
import pg from "pg";
import { type Body, CODES, createMessageCutter, errorOf, tagOf } from "./incoming.ts";
import { Messages } from "./messages.ts";
import { type RowDecoder, rowDecoderOf } from "./row-decoder.ts";

/** One connection that speaks the extended protocol in batches: any number of statements go out in one write and are
 *  answered at one sync, with parameters and rows in binary. The driver has no binary rows and answers each statement
 *  with objects of its own; at 300 commands a batch that is half of what a command costs (docs/decisions/0005-speed.md).
 *  The first failure ends an exchange; what it was part of can only be rolled back. */
export type WireSession = {
  exchange(statements: readonly WireStatement[]): Promise<readonly StatementResult[]>;
  /** Says goodbye; resolves when the connection is closed. */
  close(): Promise<void>;
};

export type WireStatement = {
  /** Statements with a name are prepared once and must always have the same text; those without are not kept. */
  readonly name: string | null;
  readonly text: string;
  readonly values: readonly (Buffer | string | null)[];
};

// biome-ignore lint/suspicious/noExplicitAny: rows have the shape of their statement, as the driver's own have
export type StatementResult = { readonly tag: string; readonly rows: any[] };

type Exchange = {
  readonly statements: readonly WireStatement[];
  readonly results: StatementResult[];
  readonly resolve: (results: readonly StatementResult[]) => void;
  readonly reject: (error: unknown) => void;
  rows: unknown[];
  error: Error | null;
};

/** Takes over a connection that the driver has opened and authenticated; nothing may be asked through the driver any
 *  more. @param onLost called once when the connection is gone.
 *  @param silenceMs how long the server may say nothing while it is asked something, as when its machine has vanished;
 *  then the connection counts as lost. */
export function openWireSession(client: pg.Client, onLost: () => void, silenceMs = 0): WireSession {
  const stream = streamOf(client);
  let isClosing = false;
  const outgoing = new Messages();
  const decoders = new Map<string, RowDecoder | null>();
  let current: Exchange | null = null;

  const onMessage = (code: number, body: Body) => {
    if (current !== null) receive(current, decoders, code, body);
    if (code !== CODES.ready || current === null) return;
    const { error, resolve, reject, results, statements } = current;
    current = null;
    if (error === null) return resolve(results);
    // Whether these were prepared is not known.
    for (const { name } of statements.slice(results.length)) if (name !== null) decoders.delete(name);
    reject(error);
  };
  const lose = (error: unknown) => {
    const { reject } = current ?? {};
    const failure = current?.error ?? error;
    current = null;
    reject?.(failure);
    onLost();
  };
  stream.removeAllListeners("data");
  const cut = createMessageCutter(onMessage);
  stream.on("data", (chunk: Buffer) => {
    try {
      cut(chunk);
    } catch (error) {
      lose(error); // what was said can't be read: nothing after it can be trusted
      stream.destroy();
    }
  });
  stream.once("close", () => lose(new Error("Connection terminated unexpectedly")));
  // Counted from the last byte in either direction. Between exchanges there is nothing to wait for.
  stream.setTimeout(silenceMs);
  stream.on("timeout", () => {
    if (current === null && !isClosing) return;
    lose(new Error(`Connection terminated: the server was silent for ${silenceMs} ms`));
    stream.destroy();
  });

  return {
    exchange(statements) {
      return new Promise((resolve, reject) => {
        if (current !== null) throw new Error("an exchange is under way");
        if (!stream.writable) throw new Error("Connection terminated");
        for (const statement of statements) send(outgoing, decoders, statement);
        outgoing.sync();
        current = { statements, results: [], resolve, reject, rows: [], error: null };
        stream.write(outgoing.take());
      });
    },
    async close() {
      isClosing = true;
      await client.end();
    },
  };
}

function send(outgoing: Messages, decoders: Map<string, RowDecoder | null>, statement: WireStatement): void {
  const { name, text, values } = statement;
  if (name === null) {
    outgoing.parse("", text);
  } else if (!decoders.has(name)) {
    decoders.set(name, null);
    // Where a failure left it open whether there is one; closing none is no error.
    outgoing.close(name);
    outgoing.parse(name, text);
    outgoing.describe(name);
  }
  outgoing.bind(name ?? "", values);
  outgoing.execute();
}

function receive(
  exchange: Exchange,
  decoders: Map<string, RowDecoder | null>,
  code: number,
  body: Body,
): void {
  const { bytes, view, start } = body;
  const name = exchange.statements[exchange.results.length]?.name ?? null;
  switch (code) {
    case CODES.row: {
      const decode = name === null ? null : decoders.get(name);
      if (decode) exchange.rows.push(decode(bytes, view, start));
      break;
    }
    case CODES.complete:
      exchange.results.push({ tag: tagOf(body), rows: exchange.rows });
      exchange.rows = [];
      break;
    case CODES.rowDescription:
      if (name !== null) decoders.set(name, rowDecoderOf(bytes, view, start));
      break;
    case CODES.error:
      exchange.error ??= errorOf(body);
      break;
    default: // acknowledgements and notices
  }
}

/** The driver does not declare its socket, but keeps it where it has been for a decade. */
function streamOf(client: pg.Client): Socket {
  const connection: unknown = Reflect.get(client, "connection");
  if (!(connection instanceof pg.Connection)) throw new Error("the driver has changed: it has no connection");
  const { stream } = connection;
  if (!(stream instanceof Socket)) throw new Error("the driver has changed: its connection is no socket");
  return stream;
}
