import type pg from "pg";

/** A row as PostgreSQL wrote it: the text of each column in the order of selection. */
export type TextRow = readonly (string | null)[];

const ROWS_PER_FETCH = 2_000;

// Verification reads most columns only to hash or compare them; parsing each into a value would cost more than both.
const asText: pg.CustomTypesConfig = { getTypeParser: () => (value: string) => value };

/** Hands every row of a query to `take`, in order, holding no more than two fetches of them at a time.
 *  Must run inside a transaction. */
export async function streamRows(
  client: pg.ClientBase,
  query: { readonly text: string; readonly values: readonly unknown[] },
  take: (row: TextRow) => void,
): Promise<void> {
  await client.query(`declare verified no scroll cursor for ${query.text}`, [...query.values]);
  const fetchMore = () =>
    client.query<string[]>({
      text: `fetch ${ROWS_PER_FETCH} from verified`,
      rowMode: "array",
      types: asText,
    });
  let arriving = fetchMore();
  for (;;) {
    const { rows } = await arriving;
    if (rows.length === 0) break;
    // The server prepares the next rows while these are looked at.
    arriving = fetchMore();
    arriving.catch(() => {}); // told when it is awaited, unless a row fails first
    for (const row of rows) take(row);
  }
  await client.query("close verified");
}
