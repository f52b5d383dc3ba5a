import pg from "pg";
import { type BinaryRow, createBinaryRow, isLastRow, readRow } from "./binary-row.ts";

/** Hands every row of a query to `take`, in order, in PostgreSQL's binary form and as it arrives: nothing is kept, and a
 *  slow reader slows the server down. The row is only valid until `take` returns.
 *  @param query without parameters, which COPY does not take: quote what goes into it. */
export function copyRows(
  client: pg.ClientBase,
  query: string,
  take: (row: BinaryRow) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const copy: CopyQuery = new CopyQuery(`copy (${query}) to stdout (format binary)`, take, (error) => {
      const failure = error ?? copy.failure;
      if (failure === undefined) resolve();
      else reject(failure);
    });
    client.query(copy);
  });
}

/** 11 bytes of signature, 4 of flags, 4 with the length of an extension, which PostgreSQL does not use. */
const HEADER_BYTES = 19;

/** A query of the driver that also takes what COPY sends; the driver's own ignores it. */
class CopyQuery extends pg.Query {
  failure: Error | undefined;
  readonly #row = createBinaryRow();
  readonly #take: (row: BinaryRow) => void;
  #isFirst = true;

  constructor(text: string, take: (row: BinaryRow) => void, done: (error: Error | undefined) => void) {
    super(text, done);
    this.#take = take;
  }

  /** Called by the driver with the bytes of one row; the header comes before the first one. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    const start = this.#isFirst ? HEADER_BYTES : 0;
    this.#isFirst = false;
    if (this.failure !== undefined || isLastRow(chunk, start)) return;
    try {
      readRow(this.#row, chunk, start);
      this.#take(this.#row);
    } catch (error) {
      // Thrown from here, it would come out of the socket and end the process. The rest is let pass.
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }
}
