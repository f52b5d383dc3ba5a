import type pg from "pg";

/** Does the work in one transaction on a connection of the pool's, and commits it; a failure leaves nothing of it.
 *  @param begin a snapshot for reading, say. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  begin = "begin",
): Promise<Result> {
  const client = await pool.connect();
  let fault: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    fault = error instanceof Error ? error : new Error("A transaction failed.", { cause: error });
    throw error;
  } finally {
    // A client that failed inside a transaction goes away with it.
    client.release(fault);
  }
}
