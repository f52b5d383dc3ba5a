import type { Transaction, TransactionType } from "../../domain/ledger/transaction.ts";
import { findAccount } from "../accounts.ts";
import type { OrganizationDatabase } from "../organization-database.ts";
import { transactionColumns, transactionFromRow } from "../posting/transaction-rows.ts";

/** Every transaction of a period, of all types or one and after a sequence number, oldest first, as of the call: what is
 *  posted later is not in it. Read a page at a time as the reader takes them: memory stays constant however many there are.
 *  @param period epoch ms, [from, until). */
export async function* exportTransactions(
  database: OrganizationDatabase,
  wanted: ExportedTransactions,
): AsyncGenerator<Transaction> {
  const account = await findAccount(database);
  if (account === null) return;
  const { organizationId } = database;
  const { from, until, type, afterSeq } = wanted;
  const numbered = type === null ? BY_SEQ : BY_TYPE_SEQ;
  const total = type === null ? account.seq : account.typeSeq[type];
  const parameters = type === null ? [organizationId] : [organizationId, type];
  const boundary = async (seq: bigint, time: number) => {
    const values = [...parameters, total + 1n, seq, time];
    const { rows } = await database.query({
      name: `${numbered.name}_boundary`,
      text: numbered.boundary,
      values,
    });
    return BigInt(rows[0].number);
  };
  let next = await boundary(afterSeq, from);
  const end = until === null ? total + 1n : await boundary(0n, until);
  while (next < end) {
    const values = [...parameters, next, end, PAGE];
    const { rows } = await database.query({ name: numbered.name, text: numbered.page, values });
    for (const row of rows) yield transactionFromRow(row);
    if (rows.length < PAGE) return;
    next += BigInt(PAGE);
  }
}

export type ExportedTransactions = {
  readonly from: number;
  /** Null: to the last one. */
  readonly until: number | null;
  readonly type: TransactionType | null;
  /** 0 for the first; the last one received, to go on where a transfer broke off. */
  readonly afterSeq: bigint;
};

const PAGE = 1_000;

// Numbers are dense, and time never goes back in an organization: what a period and a sequence number leave is a range of
// numbers, whose ends are found by halving. A filter would read all that it leaves out.
const BY_SEQ = numberedBy("export_by_seq", "seq", ["$1"]);
const BY_TYPE_SEQ = numberedBy("export_by_type_seq", "type_seq", ["$1", "$2"]);

/** @param keys the parameters that org_id and, for numbers within a type, type are compared with. */
function numberedBy(name: string, number: "seq" | "type_seq", [org, type]: readonly string[]) {
  const [first, second, third] = type === undefined ? ["$2", "$3", "$4"] : ["$3", "$4", "$5"];
  const rows = `t.org_id = ${org}${type === undefined ? "" : ` and t.type = ${type}`}`;
  return {
    name,
    /** The first number past a seq and from a time on; `first` where none is. */
    boundary: `with recursive halving (low, high) as (
        select 1::bigint, ${first}::bigint
        union all
        select case when t.lies_past then low else middle + 1 end, case when t.lies_past then middle else high end
        from (select low, high, (low + high) / 2 as middle from halving where low < high) as range
        cross join lateral (select coalesce(bool_or(t.seq > ${second}::bigint
            and t.recorded_at >= to_timestamp(${third}::float8 / 1000.0)), false) as lies_past
          from transaction t where ${rows} and t.${number} = middle) as t)
      select low as number from halving where low = high`,
    page: `select ${transactionColumns("t")} from transaction t where ${rows}
        and t.${number} >= ${first} and t.${number} < ${second} order by t.${number} limit ${third}`,
  };
}
