import { z } from "zod";
import type { Statement } from "../../domain/ledger/statement.ts";
import { creditsToNumber, negate } from "../../domain/money/credits.ts";
import type { UsageSum } from "../../domain/usage/usage-sums.ts";
import type { ChainHead } from "../../domain/verification/checkpoint.ts";
import { timeOutput } from "../schemas.ts";

/** A month's statement as the API shows it. Amounts are signed as in the ledger, so that they add up as they stand. */
export const statementSchema = z
  .strictObject({
    organization_id: z.string(),
    organization_name: z.string(),
    month: z.string(),
    from: timeOutput,
    to: timeOutput,
    status: z.enum(["open", "closed"]).describe("open: the month goes on, and more may follow"),
    opening_balance: z.number(),
    top_ups: z.number(),
    usage: z.number(),
    refunds: z.number(),
    adjustments: z.number(),
    expiries: z.number(),
    closing_balance: z.number(),
    usage_by_agent: z.array(
      z.strictObject({
        agent_id: z.string().nullable().describe("null: all agents beyond the largest 200"),
        agent_name: z.string().nullable(),
        sessions: z.int(),
        duration_seconds: z.number(),
        messages: z.int(),
        units: z.int(),
        amount: z.number(),
      }),
    ),
    entries: z
      .array(
        z.strictObject({
          transaction_id: z.string(),
          seq: z.int(),
          created_at: timeOutput,
          type: z.string(),
          kind: z.string(),
          description: z.string(),
          amount: z.number(),
        }),
      )
      .describe("Everything but usage, oldest first; the first 500"),
    entries_total: z.int(),
    first_seq: z.int().nullable(),
    last_seq: z.int().nullable(),
    head_hash: z.string().describe("Hash of the last transaction up to the month's end"),
    signed_head: z
      .string()
      .nullable()
      .describe(
        "That hash with its number and the balance, signed: a checkpoint for `airtime verify --checkpoints`",
      ),
  })
  .meta({ id: "Statement" });

export type StatementView = z.infer<typeof statementSchema>;

/** @param now epoch ms. */
export function statementView(
  statement: Statement,
  { now, signHead }: { readonly now: number; readonly signHead: (head: ChainHead, at: number) => string },
): StatementView {
  const { month, totals, seqBefore, seqLast, usage, otherUsage } = statement;
  const isEmpty = seqLast === seqBefore;
  return {
    organization_id: statement.organizationId,
    organization_name: statement.organizationName,
    month: month.name,
    from: new Date(month.from).toISOString(),
    to: new Date(month.until).toISOString(),
    status: now < month.until ? "open" : "closed",
    opening_balance: creditsToNumber(statement.opening),
    top_ups: creditsToNumber(totals.topup),
    usage: creditsToNumber(totals.consumption),
    refunds: creditsToNumber(totals.refund),
    adjustments: creditsToNumber(totals.adjustment),
    expiries: creditsToNumber(totals.expiry),
    closing_balance: creditsToNumber(statement.closing),
    usage_by_agent: [
      ...usage.map((sum) => agentView(sum, sum.member)),
      ...(otherUsage === null
        ? []
        : [agentView(otherUsage.sum, { id: null, name: `${otherUsage.agents} other agents` })]),
    ],
    entries: statement.entries.map((entry) => ({
      transaction_id: entry.id,
      seq: Number(entry.seq),
      created_at: new Date(entry.recordedAt).toISOString(),
      type: entry.type,
      kind: entry.kind,
      description: entry.description,
      amount: creditsToNumber(entry.amount),
    })),
    entries_total: Number(statement.sums.reduce((total, { count }) => total + count, 0n)),
    first_seq: isEmpty ? null : Number(seqBefore + 1n),
    last_seq: isEmpty ? null : Number(seqLast),
    head_hash: statement.headHash,
    signed_head: seqLast === 0n ? null : signHead(headOf(statement), now),
  };
}

function headOf({ organizationId, seqLast, headHash, closing }: Statement): ChainHead {
  return { organizationId, seq: seqLast, hash: headHash, balance: closing };
}

function agentView(
  { amount, sessions, usage }: UsageSum,
  agent: { readonly id: string | null; readonly name: string | null },
) {
  return {
    agent_id: agent.id,
    agent_name: agent.name,
    sessions: Number(sessions),
    duration_seconds: Number(usage.durationMs) / 1_000,
    messages: Number(usage.messages),
    units: Number(usage.units),
    amount: creditsToNumber(negate(amount)),
  };
}
