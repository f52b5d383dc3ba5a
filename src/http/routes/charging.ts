import { z } from "zod";
import type { Alongside } from "../../application/ports.ts";
import type { PostCommand } from "../../application/post-command.ts";
import { invariant } from "../../domain/assert.ts";
import type { Accepted, Context } from "../../domain/charging/command.ts";
import { actionFor, pinnedRates } from "../../domain/charging/report.ts";
import type { Session } from "../../domain/charging/session.ts";
import { available } from "../../domain/ledger/account.ts";
import type { Transaction } from "../../domain/ledger/transaction.ts";
import { creditsToNumber } from "../../domain/money/credits.ts";
import type { AppliedRates } from "../../domain/pricing/rate-usage.ts";
import { answerCommand } from "../answer-command.ts";
import { digestOfJson } from "../digest.ts";
import { idInput, organizationField, textInput } from "../schemas.ts";
import { type ArtifactInput, artifactFields } from "../wire/artifact.ts";
import { grantSchema, sessionSchema, sessionView } from "../wire/session.ts";
import { type TransactionView, transactionSchema } from "../wire/transaction.ts";
import { subjectFields, subjectOf, timeInput, totalsFields, totalsOf } from "../wire/usage-input.ts";
import type { ZodServer } from "../zod-server.ts";

/** Billing sessions as a voice runtime drives them: open, report, end, cancel. Source: contract.md, Charging. */
export function registerChargingRoutes(server: ZodServer, dependencies: ChargingDependencies): void {
  registerOpen(server, dependencies);
  registerReport(server, dependencies);
  registerEnd(server, dependencies);
  registerCancel(server, dependencies);
}

export type ChargingDependencies = {
  readonly postCommand: PostCommand;
  readonly newId: (prefix: string) => string;
  /** Shows a transaction with its address opened; the organization's key is at hand, since the request just used it. */
  readonly showTransaction: (transaction: Transaction) => TransactionView;
  /** The statement that stores a session's artifacts in the same transaction as its end. */
  readonly artifactStatement: (
    organizationId: string,
    sessionId: string,
    artifact: ArtifactInput,
  ) => Promise<Alongside>;
};

const sessionPath = z.strictObject({ id: idInput });
const TAGS = ["Charging"];

function registerOpen(server: ZodServer, { postCommand, newId }: ChargingDependencies): void {
  server.post(
    "/api/billing/sessions",
    {
      config: { action: "charge" },
      schema: {
        tags: TAGS,
        summary: "Authorize and open a session",
        description: "Holds a first grant. The same session_id and body again: 200 and the same session.",
        body: z.strictObject({ ...organizationField, session_id: idInput.optional(), ...subjectFields }),
        response: { 200: openedSchema, 201: openedSchema, 402: z.unknown(), 409: z.unknown() },
      },
    },
    (request, reply) => {
      const { organization_id: _, session_id, ...description } = request.body;
      const subject = subjectOf(description);
      const sessionId = session_id ?? newId("ses");
      return answerCommand(request, reply, openedView, (extra) =>
        postCommand({
          organizationId: request.organizationId,
          ...extra,
          command: (origin) => ({
            kind: "authorize",
            sessionId,
            subject,
            fingerprint: digestOfJson(subject),
            origin,
          }),
        }),
      );
    },
  );
}

function registerReport(server: ZodServer, { postCommand }: ChargingDependencies): void {
  server.post(
    "/api/billing/sessions/:id/usage",
    {
      config: { action: "charge" },
      schema: {
        tags: TAGS,
        summary: "Report usage and renew the grant",
        description:
          "Totals are cumulative since the start. An old or repeated seq changes nothing. When the service is out of reach, " +
          "run to the end of the grant, retry with the same seq, then hang up.",
        params: sessionPath,
        body: z.strictObject({ ...organizationField, seq: z.int().min(0), ...totalsFields }),
        response: { 200: reportedSchema, 409: z.unknown() },
      },
    },
    (request, reply) => {
      const { seq, ...totals } = request.body;
      return answerCommand(request, reply, reportedView, (extra) =>
        postCommand({
          organizationId: request.organizationId,
          ...extra,
          // It posts nothing that an address would belong to.
          requester: { ...extra.requester, ip: null },
          command: () => ({
            kind: "report",
            sessionId: request.params.id,
            seq: BigInt(seq),
            usage: totalsOf(totals),
          }),
        }),
      );
    },
  );
}

function registerEnd(server: ZodServer, dependencies: ChargingDependencies): void {
  const { postCommand, showTransaction, artifactStatement } = dependencies;
  server.post(
    "/api/billing/sessions/:id/end",
    {
      config: { action: "charge" },
      schema: {
        tags: TAGS,
        summary: "End and settle a session",
        description:
          "Posts one transaction and releases the rest of the hold. Again with the same totals: the same answer.",
        params: sessionPath,
        body: z
          .strictObject({
            ...organizationField,
            ...totalsFields,
            ended_at: timeInput.optional(),
            reason: textInput(255).optional(),
            ...artifactFields,
          })
          .default({}),
        response: { 200: settledSchema, 409: z.unknown() },
      },
    },
    async (request, reply) => {
      const { transcript, recording_url, analysis, ...end } = request.body;
      const artifact = { transcript, recording_url, analysis };
      const { organizationId } = request;
      const hasArtifact = Object.values(artifact).some((part) => part !== undefined);
      const statement = hasArtifact
        ? await artifactStatement(organizationId, request.params.id, artifact)
        : null;
      return answerCommand(request, reply, settledView(showTransaction), (extra) =>
        postCommand({
          organizationId,
          ...extra,
          command: (origin) => ({
            kind: "settle",
            sessionId: request.params.id,
            usage: totalsOf(end),
            endedAt: end.ended_at ?? null,
            reason: end.reason ?? null,
            origin,
          }),
          alongside: ({ repeated }) => (statement === null || repeated ? [] : [statement]),
        }),
      );
    },
  );
}

function registerCancel(server: ZodServer, { postCommand }: ChargingDependencies): void {
  server.post(
    "/api/billing/sessions/:id/cancel",
    {
      config: { action: "charge" },
      schema: {
        tags: TAGS,
        summary: "Cancel a session whose call never connected",
        description: "Releases everything and charges nothing. Twice is once.",
        params: sessionPath,
        body: z.strictObject(organizationField).default({}),
        response: { 200: cancelledSchema, 409: z.unknown() },
      },
    },
    (request, reply) =>
      answerCommand(
        request,
        reply,
        (accepted, context) => ({
          status: 200,
          body: {
            success: true,
            session: sessionView(sessionOf(accepted), context),
            ...balanceView(accepted),
          },
        }),
        (extra) =>
          postCommand({
            organizationId: request.organizationId,
            ...extra,
            command: () => ({ kind: "cancel", sessionId: request.params.id }),
          }),
      ),
  );
}

const openedSchema = z.strictObject({
  success: z.literal(true),
  session: sessionSchema,
  grant: grantSchema.nullable(),
  balance: z.number(),
  available: z.number(),
});
const reportedSchema = openedSchema.extend({ action: z.enum(["continue", "terminate"]) });
const settledSchema = z.strictObject({
  success: z.literal(true),
  session: sessionSchema,
  transaction: transactionSchema.nullable(),
});
const cancelledSchema = openedSchema.omit({ grant: true });

function openedView(accepted: Accepted, context: Context) {
  const status = accepted.repeated ? (200 as const) : (201 as const);
  return { status, body: grantedBody(accepted, context) };
}

function reportedView(accepted: Accepted, context: Context) {
  const session = sessionOf(accepted);
  const rates = pinnedRates(context.prices, session);
  return {
    status: 200 as const,
    body: { ...grantedBody(accepted, context, rates), action: actionFor(session, rates.measure) },
  };
}

function settledView(showTransaction: ChargingDependencies["showTransaction"]) {
  return (accepted: Accepted, context: Context) => ({
    status: 200 as const,
    body: {
      success: true,
      session: sessionView(sessionOf(accepted), context),
      transaction: accepted.transaction === null ? null : showTransaction(accepted.transaction),
    },
  });
}

function grantedBody(accepted: Accepted, context: Context, rates?: AppliedRates) {
  const session = sessionView(sessionOf(accepted), context, rates);
  return { success: true, session, grant: session.grant, ...balanceView(accepted) };
}

function balanceView({ account }: Accepted) {
  return { balance: creditsToNumber(account.balance), available: creditsToNumber(available(account)) };
}

function sessionOf({ session }: Accepted): Session {
  invariant(session !== null, "an accepted session command has a session");
  return session;
}
