import { z } from "zod";
import { creditCommand } from "../../application/add-credit.ts";
import type { PostCommand } from "../../application/post-command.ts";
import type { Transaction } from "../../domain/ledger/transaction.ts";
import { answerCommand } from "../answer-command.ts";
import { creditsInput, idInput, textInput } from "../schemas.ts";
import { type TransactionView, transactionSchema } from "../wire/transaction.ts";
import type { ZodServer } from "../zod-server.ts";

/** Credits that the operator gives, takes or gives back. Source: contract.md, Credits. */
export function registerCreditRoutes(
  server: ZodServer,
  { postCommand, showTransaction }: CreditDependencies,
): void {
  server.post(
    "/api/billing/credits",
    {
      config: { action: "grant_credits" },
      schema: {
        tags: ["Credits"],
        summary: "Grant, adjust or refund credits",
        description:
          "Grants are positive; adjustments may be negative and may cross the floor; a usage_refund names the transaction it " +
          "gives back and can't exceed what that charged, over all refunds of it.",
        body: creditInput,
        response: { 200: creditedSchema, 201: creditedSchema, 409: z.unknown() },
      },
    },
    (request, reply) => {
      const { organization_id: _, credit_id, transaction_id, kind, ...rest } = request.body;
      return answerCommand(
        request,
        reply,
        ({ repeated, transaction }) => ({
          status: repeated ? 200 : 201,
          body: { success: true, transaction: transaction === null ? null : showTransaction(transaction) },
        }),
        (extra) =>
          postCommand({
            organizationId: request.organizationId,
            ...extra,
            command: creditCommand({
              creditId: credit_id,
              kind,
              amount: rest.amount,
              description: rest.description ?? null,
              reason: rest.reason,
              transactionId: transaction_id ?? null,
            }),
          }),
      );
    },
  );
}

export type CreditDependencies = {
  readonly postCommand: PostCommand;
  readonly showTransaction: (transaction: Transaction) => TransactionView;
};

const creditInput = z
  .strictObject({
    organization_id: idInput,
    credit_id: idInput,
    kind: z.enum(["manual_grant", "welcome", "startup_grant", "adjustment", "usage_refund"]),
    amount: creditsInput,
    description: textInput(1000).min(1).optional(),
    transaction_id: idInput.optional(),
    reason: textInput(1000).min(1),
  })
  .superRefine(({ kind, amount, transaction_id }, context) => {
    if (amount === 0n || (amount < 0n && kind !== "adjustment")) {
      const message =
        kind === "adjustment" ? "An adjustment is not 0" : "Must be above 0; only adjustments take credits";
      context.addIssue({ code: "custom", path: ["amount"], message });
    }
    if ((kind === "usage_refund") !== (transaction_id !== undefined)) {
      const message =
        kind === "usage_refund" ? "Names the transaction to refund" : "Only a usage_refund names one";
      context.addIssue({ code: "custom", path: ["transaction_id"], message });
    }
  });

const creditedSchema = z.strictObject({
  success: z.literal(true),
  transaction: transactionSchema.nullable(),
});
