import type { FastifyReply } from "fastify";
import { z } from "zod";
import { composeStatement, type Month, monthOf, type StatementFacts } from "../../domain/ledger/statement.ts";
import { sendProblem } from "../problems.ts";
import { organizationField } from "../schemas.ts";
import { renderStatement } from "../statement-pdf/render-statement.ts";
import { statementSchema, statementView } from "../wire/statement.ts";
import type { ZodServer } from "../zod-server.ts";

/** A month's statement, for programs and for the file of whoever keeps the books. */
export function registerStatementRoute(
  server: ZodServer,
  { readStatement, now }: StatementDependencies,
): void {
  server.get(
    "/api/billing/statements/:month",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Reading"],
        summary: "A month's statement, as JSON or PDF",
        description:
          "Calendar months in UTC. Amounts are signed: opening_balance, top_ups, usage, refunds, adjustments and expiries " +
          "add up to closing_balance exactly. A month that has not begun is 404; the present one is open. With " +
          "format=pdf the answer is application/pdf.",
        params: z.strictObject({ month: monthInput }),
        querystring: z.strictObject({
          ...organizationField,
          format: z.enum(["json", "pdf"]).default("json"),
        }),
        response: { 200: z.strictObject({ success: z.literal(true), data: statementSchema }) },
      },
    },
    async (request, reply) => {
      const { month } = request.params;
      const at = await now();
      const facts = at < month.from ? null : await readStatement(request.organizationId, month);
      if (facts === null)
        return sendProblem(reply, "not_found", { detail: "There is no statement of that month yet." });
      const data = statementView(composeStatement(facts), at);
      if (request.query.format === "json") return reply.send({ success: true, data });
      return sendPdf(reply, `airtime-statement-${month.name}.pdf`, await renderStatement(data, at));
    },
  );
}

export type StatementDependencies = {
  /** Epoch ms, the database's clock. */
  readonly now: () => Promise<number>;
  /** Null when the organization has no account. */
  readonly readStatement: (organizationId: string, month: Month) => Promise<StatementFacts | null>;
};

function sendPdf(reply: FastifyReply, name: string, document: Buffer): FastifyReply {
  reply.header("content-disposition", `attachment; filename="${name}"`);
  return reply.type("application/pdf").send(document);
}

const monthInput = z
  .string()
  .regex(/^2\d{3}-(0[1-9]|1[0-2])$/, "Must be a month, such as 2026-11")
  .transform((name, context) => {
    const month = monthOf(name);
    if (month !== null) return month;
    context.addIssue("Must be a month, such as 2026-11");
    return z.NEVER;
  });
