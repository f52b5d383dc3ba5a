import type { Account } from "../../domain/ledger/account.ts";
import type { TransactionType } from "../../domain/ledger/transaction.ts";
import type { OrganizationDatabase } from "../organization-database.ts";

/** Number of an account's last transaction, of all types or of one, that was recorded before a time; 0 without any. An
 *  account's time never goes back, so it is found by halving: a handful of keys are read, however many there are.
 *  @param at epoch ms. */
export async function seqBefore(
  database: OrganizationDatabase,
  { seq, typeSeq }: Pick<Account, "seq" | "typeSeq">,
  type: TransactionType | null,
  at: number,
): Promise<bigint> {
  const values = [database.organizationId, type === null ? seq : typeSeq[type], at];
  const { rows } = await database.query<{ number: bigint }>(
    type === null
      ? { name: "seq_before", text: SEQ_BEFORE, values }
      : { name: "type_seq_before", text: TYPE_SEQ_BEFORE, values: [...values, type] },
  );
  return rows[0]?.number ?? 0n;
}

// Everything up to low was recorded before the time, nothing beyond high: one key looked up halves what is between.
const halving = (key: string, isOne: string) => `with recursive search (low, high) as (
    select 0::bigint, $2::bigint
  union all
    select case when m.is_before then s.middle else s.low end, case when m.is_before then s.high else s.middle - 1 end
    from (select low, high, (low + high + 1) / 2 as middle from search where low < high) as s
    cross join lateral (select t.recorded_at < to_timestamp($3 / 1000.0) as is_before from transaction t
      where t.org_id = $1 ${isOne} and t.${key} = s.middle limit 1) as m
  ) select low as number from search where low = high`;
const SEQ_BEFORE = halving("seq", "");
const TYPE_SEQ_BEFORE = halving("type_seq", "and t.type = $4");
