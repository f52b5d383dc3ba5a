import { Readable } from "node:stream";
import { z } from "zod";
import type { Transaction, TransactionType } from "../../domain/ledger/transaction.ts";
import { formatCredits } from "../../domain/money/credits.ts";
import { csvText } from "../csv-text.ts";
import { countInQuery, organizationField } from "../schemas.ts";
import type { TransactionView } from "../wire/transaction.ts";
import { timeInput } from "../wire/usage-input.ts";
import type { ZodServer } from "../zod-server.ts";

/** The transactions of a period as a file, streamed at the speed of its reader. Source: contract.md, Reading. */
export function registerExportRoute(server: ZodServer, dependencies: ExportDependencies): void {
  server.get(
    "/api/billing/export",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Reading"],
        summary: "Transactions as a CSV or JSON file, oldest first",
        description:
          "Without from and to: all of them. A transfer that broke off goes on with after_seq, the last seq received. Amounts are plain numbers; text can't be taken for a formula.",
        querystring: z.strictObject({
          ...organizationField,
          from: timeInput.optional(),
          to: timeInput.optional(),
          type: z.enum(["all", "topup", "consumption", "refund", "adjustment", "expiry"]).default("all"),
          after_seq: countInQuery({ min: 0, max: Number.MAX_SAFE_INTEGER, otherwise: 0 }),
          format: z.enum(["csv", "json"]).default("csv"),
        }),
      },
    },
    async (request, reply) => {
      const { from = 0, to, type, after_seq, format } = request.query;
      const transactions = dependencies.exportTransactions(request.organizationId, {
        from,
        until: to ?? null,
        type: type === "all" ? null : type,
        afterSeq: BigInt(after_seq),
      });
      const lines = format === "csv" ? csv(transactions) : json(transactions, dependencies.showTransactions);
      reply.header("content-disposition", `attachment; filename="transactions.${format}"`);
      reply.type(format === "csv" ? "text/csv; charset=utf-8" : "application/json; charset=utf-8");
      return reply.send(Readable.from(lines));
    },
  );
}

export type ExportDependencies = {
  readonly exportTransactions: (
    organizationId: string,
    wanted: {
      readonly from: number;
      readonly until: number | null;
      readonly type: TransactionType | null;
      readonly afterSeq: bigint;
    },
  ) => AsyncGenerator<Transaction>;
  readonly showTransactions: (transactions: readonly Transaction[]) => Promise<TransactionView[]>;
};

const COLUMNS =
  "seq,id,created_at,type,kind,description,amount,balance_before,balance_after,billing_session_id,agent_id";

async function* csv(transactions: AsyncGenerator<Transaction>): AsyncGenerator<string> {
  yield `${COLUMNS}\r\n`;
  for await (const transaction of transactions) {
    const { metadata } = transaction;
    const fields = [
      String(transaction.seq),
      transaction.id,
      new Date(transaction.recordedAt).toISOString(),
      transaction.type,
      transaction.kind,
      csvText(transaction.description),
      formatCredits(transaction.amount, 4),
      formatCredits(transaction.balanceBefore, 4),
      formatCredits(transaction.balanceAfter, 4),
      csvText(transaction.sessionId ?? ""),
      csvText(typeof metadata.agent_id === "string" ? metadata.agent_id : ""),
    ];
    yield `${fields.join(",")}\r\n`;
  }
}

async function* json(
  transactions: AsyncGenerator<Transaction>,
  show: ExportDependencies["showTransactions"],
): AsyncGenerator<string> {
  yield '{"success":true,"data":[';
  let separator = "";
  for await (const transaction of transactions) {
    const [view] = await show([transaction]);
    yield separator + JSON.stringify(view);
    separator = ",\n";
  }
  yield "]}\n";
}
