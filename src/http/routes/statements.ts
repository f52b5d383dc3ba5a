import type { FastifyReply } from "fastify";
import { z } from "zod";
import {
  composeStatement,
  type Month,
  monthOf,
  monthsBetween,
  type StatementFacts,
} from "../../domain/ledger/statement.ts";
import type { ChainHead } from "../../domain/verification/checkpoint.ts";
import { sendProblem } from "../problems.ts";
import { countInQuery, organizationField, timeOutput } from "../schemas.ts";
import { renderStatement } from "../statement-pdf/render-statement.ts";
import { statementSchema, statementView } from "../wire/statement.ts";
import type { ZodServer } from "../zod-server.ts";

/** Monthly statements, for programs and for the file of whoever keeps the books. */
export function registerStatementRoutes(server: ZodServer, dependencies: StatementDependencies): void {
  registerMonths(server, dependencies);
  registerStatement(server, dependencies);
}

function registerMonths(server: ZodServer, { firstPosted, now }: StatementDependencies): void {
  server.get(
    "/api/billing/statements",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Reading"],
        summary: "The months that have a statement, newest first",
        description: "From the month of the first transaction up to the present one, which is open.",
        querystring: z.strictObject({
          ...organizationField,
          limit: countInQuery({ min: 1, max: 1_000, otherwise: 50 }),
          offset: countInQuery({ min: 0, max: 1_000_000, otherwise: 0 }),
        }),
        response: { 200: monthsSchema },
      },
    },
    async (request) => {
      const { limit, offset } = request.query;
      const [first, at] = await Promise.all([firstPosted(request.organizationId), now()]);
      const months = first === null ? [] : monthsBetween(first, Math.max(first, at));
      const data = months.slice(offset, offset + limit).map((month) => ({
        month: month.name,
        from: new Date(month.from).toISOString(),
        to: new Date(month.until).toISOString(),
        status: at < month.until ? ("open" as const) : ("closed" as const),
      }));
      return { success: true as const, data, total: months.length, limit, offset };
    },
  );
}

function registerStatement(server: ZodServer, { readStatement, signHead, now }: StatementDependencies): void {
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
      const data = statementView(composeStatement(facts), { now: at, signHead });
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
  /** A signed checkpoint of this one head. @param at epoch ms. */
  readonly signHead: (head: ChainHead, at: number) => string;
  /** Epoch ms of the organization's first transaction; null without any. */
  readonly firstPosted: (organizationId: string) => Promise<number | null>;
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

const monthsSchema = z.strictObject({
  success: z.literal(true),
  data: z.array(
    z.strictObject({
      month: z.string(),
      from: timeOutput,
      to: timeOutput,
      status: z.enum(["open", "closed"]).describe("open: the month goes on"),
    }),
  ),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
});
