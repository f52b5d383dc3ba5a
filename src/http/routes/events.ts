import { z } from "zod";
import type { PostCommand, PostCommands } from "../../application/post-command.ts";
import type { Command, Decision } from "../../domain/charging/command.ts";
import { dependsOnBalance } from "../../domain/ledger/refusal.ts";
import type { Origin, Transaction } from "../../domain/ledger/transaction.ts";
import type { Architecture } from "../../domain/pricing/price-book.ts";
import { NO_USAGE } from "../../domain/pricing/rate-usage.ts";
import { answerCommand, requesterOf } from "../answer-command.ts";
import { type AnswerOnce, answerOnce } from "../answer-once.ts";
import { digestOfJson } from "../digest.ts";
import { idInput, organizationField, textInput } from "../schemas.ts";
import { type TransactionView, transactionSchema } from "../wire/transaction.ts";
import { occurredInput, subjectFields, subjectOf, totalsFields, totalsOf } from "../wire/usage-input.ts";
import type { ZodServer } from "../zod-server.ts";

/** One-shot usage: finished events, one or up to 1,000 in a request. Source: contract.md, Charging. */
export function registerEventRoutes(server: ZodServer, dependencies: EventDependencies): void {
  registerEvent(server, dependencies);
  registerBatch(server, dependencies);
}

export type EventDependencies = {
  readonly postCommand: PostCommand;
  readonly postCommands: PostCommands;
  readonly showTransaction: (transaction: Transaction) => TransactionView;
  readonly answerOnce: AnswerOnce;
};

const eventFields = {
  event_id: idInput,
  ...subjectFields,
  ...totalsFields,
  unit_price_id: idInput.optional(),
  description: textInput(1000).min(1).optional(),
  occurred_at: occurredInput.optional(),
};

const MEASURES: Readonly<Record<Architecture, "duration_seconds" | "messages" | "units">> = {
  pipeline: "duration_seconds",
  realtime: "duration_seconds",
  text: "messages",
  api: "units",
};

/** An event without the total that its architecture is charged by would silently cost nothing. */
function hasMeasure(
  event: { architecture: Architecture } & Record<string, unknown>,
  context: z.RefinementCtx,
): void {
  const measure = MEASURES[event.architecture];
  if (event[measure] !== undefined) return;
  context.addIssue({ code: "custom", path: [measure], message: `Required for ${event.architecture}` });
}

const eventInput = z.strictObject(eventFields).superRefine(hasMeasure);
type EventInput = z.output<typeof eventInput>;

function registerEvent(server: ZodServer, { postCommand, showTransaction }: EventDependencies): void {
  server.post(
    "/api/billing/usage",
    {
      config: { action: "charge" },
      schema: {
        tags: ["Charging"],
        summary: "Charge a finished event",
        description: "In full or not at all. The same event_id and body again: 200 and the same transaction.",
        body: z.strictObject({ ...organizationField, ...eventFields }).superRefine(hasMeasure),
        response: { 200: chargedSchema, 201: chargedSchema, 402: z.unknown(), 409: z.unknown() },
      },
    },
    (request, reply) => {
      const { organization_id: _, ...event } = request.body;
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
            command: (origin) => chargeOf(event, origin),
          }),
      );
    },
  );
}

function registerBatch(server: ZodServer, dependencies: EventDependencies): void {
  server.post(
    "/api/billing/usage/batch",
    {
      config: { action: "charge" },
      schema: {
        tags: ["Charging"],
        summary: "Charge up to 1,000 finished events",
        description: "Each event has its own result; a refused one leaves its neighbours alone.",
        body: z.strictObject({ ...organizationField, events: z.array(eventInput).min(1).max(1000) }),
        response: { 200: batchSchema, 409: z.unknown() },
      },
    },
    (request, reply) =>
      answerOnce(request, reply, dependencies.answerOnce, async () => {
        const { events } = request.body;
        const decisions = await dependencies.postCommands({
          organizationId: request.organizationId,
          requester: requesterOf(request),
          commands: (origin) => events.map((event) => chargeOf(event, origin)),
        });
        const results = decisions.map((decision, place) => resultOf(events[place]?.event_id ?? "", decision));
        return { status: 200, body: { success: true, results }, isFinal: !decisions.some(awaitsCredits) };
      }),
  );
}

const chargedSchema = z.strictObject({
  success: z.literal(true),
  transaction: transactionSchema.nullable(),
});
const batchSchema = z.strictObject({
  success: z.literal(true),
  results: z.array(
    z.strictObject({
      event_id: z.string(),
      status: z.enum(["charged", "duplicate", "refused", "conflict"]),
      transaction_id: z.string().nullable().optional(),
      code: z.string().optional(),
    }),
  ),
});

function chargeOf(event: EventInput, origin: Origin): Command {
  const { event_id, description, occurred_at, unit_price_id } = event;
  const subject = { ...subjectOf(event), unitPriceId: unit_price_id ?? null };
  const usage = { ...NO_USAGE, ...totalsOf(event) };
  const occurredAt = occurred_at ?? null;
  return {
    kind: "charge",
    eventId: event_id,
    subject,
    usage,
    description: description ?? null,
    occurredAt,
    fingerprint: digestOfJson({ subject, usage, description, occurredAt }),
    origin,
  };
}

/** A refusal that more credits would turn: the batch may be sent again, and what was charged is then a duplicate. */
function awaitsCredits(decision: Decision): boolean {
  return decision.kind === "refused" && dependsOnBalance(decision.refusal);
}

function resultOf(eventId: string, decision: Decision): z.infer<typeof batchSchema>["results"][number] {
  if (decision.kind === "refused") {
    const { kind } = decision.refusal;
    return { event_id: eventId, status: kind === "event_conflict" ? "conflict" : "refused", code: kind };
  }
  return {
    event_id: eventId,
    status: decision.repeated ? "duplicate" : "charged",
    transaction_id: decision.transaction?.id ?? null,
  };
}
