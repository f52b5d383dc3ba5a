import pg from "pg";

/** What the server says, cut into messages. @param onMessage gets the type's code, the buffer and where the body lies;
 *  the buffer is only good until it returns. */
export function createMessageCutter(onMessage: OnMessage): (chunk: Buffer) => void {
  let rest: Buffer = EMPTY;
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at + HEADER <= bytes.length) {
      const end = at + 1 + view.getInt32(at + 1);
      if (end > bytes.length) break;
      onMessage(bytes[at] ?? 0, { bytes, view, start: at + HEADER, end });
      at = end;
    }
    rest = at === bytes.length ? EMPTY : bytes.subarray(at);
  };
}

export type Body = {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
};

type OnMessage = (code: number, body: Body) => void;

const HEADER = 5;
const EMPTY = Buffer.alloc(0);

export const CODES = {
  row: code("D"),
  complete: code("C"),
  ready: code("Z"),
  error: code("E"),
  rowDescription: code("T"),
} as const;

/** The tag of a CommandComplete message, such as "COMMIT". */
export function tagOf({ bytes, start, end }: Body): string {
  return bytes.toString("utf8", start, end - 1);
}

/** An ErrorResponse as the driver would throw it, with what storage/database.ts branches on. */
export function errorOf({ bytes, start, end }: Body): pg.DatabaseError {
  const fields = new Map<string, string>();
  for (let at = start; at < end && bytes[at] !== 0; ) {
    const textEnd = bytes.indexOf(0, at);
    fields.set(String.fromCharCode(bytes[at] ?? 0), bytes.toString("utf8", at + 1, textEnd));
    at = textEnd + 1;
  }
  const error = new pg.DatabaseError(fields.get("M") ?? "unknown", end - start, "error");
  error.severity = fields.get("S");
  error.code = fields.get("C");
  error.detail = fields.get("D");
  error.where = fields.get("W");
  error.table = fields.get("t");
  error.constraint = fields.get("n");
  return error;
}

function code(letter: string): number {
  return letter.charCodeAt(0);
}
