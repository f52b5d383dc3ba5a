import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type ArtifactPorts, artifactStatement, readArtifact } from "../../application/session-artifact.ts";
import type { Session, SessionStatus } from "../../domain/charging/session.ts";
import type { Architecture } from "../../domain/pricing/price-book.ts";
import { sendProblem } from "../problems.ts";
import { countInQuery, doneSchema, idInput, organizationField, textInput } from "../schemas.ts";
import { artifactFields, artifactSchema } from "../wire/artifact.ts";
import { type SessionContext, sessionSchema, sessionView } from "../wire/session.ts";
import { timeInput } from "../wire/usage-input.ts";
import type { ZodServer } from "../zod-server.ts";

/** Reading billing sessions, and adding what becomes known of one after its end. */
export function registerSessionRoutes(server: ZodServer, dependencies: SessionDependencies): void {
  registerList(server, dependencies);
  registerCounts(server, dependencies);
  registerOne(server, dependencies);
  registerArtifacts(server, dependencies);
}

export type SessionDependencies = {
  readonly sessions: {
    list(
      organizationId: string,
      filter: SessionFilter,
      page: Page,
    ): Promise<{ data: Session[]; total: Total }>;
    countByStatus(
      organizationId: string,
      filter: Omit<SessionFilter, "statuses">,
    ): Promise<Record<SessionStatus, Total>>;
    find(organizationId: string, sessionId: string): Promise<Session | null>;
  };
  readonly artifacts: ArtifactPorts;
  /** What showing these sessions needs to know besides them. */
  readonly contextOf: (sessions: readonly Session[]) => Promise<SessionContext>;
};

type Total = { readonly count: number; readonly isExact: boolean };
type Page = { readonly limit: number; readonly offset: number };
type SessionFilter = {
  readonly statuses: readonly SessionStatus[] | null;
  readonly agentId: string | null;
  readonly architecture: Architecture | null;
  readonly search: string | null;
  readonly from: number | null;
  readonly until: number | null;
  readonly startedByKey: string | null;
};

const sessionDetailSchema = sessionSchema.extend(artifactSchema.shape).meta({ id: "SessionDetail" });

const STATUSES = ["active", "stale", "settled", "cancelled"] as const;
const statusList = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(z.enum(STATUSES)));

const filterFields = {
  ...organizationField,
  agent_id: idInput.optional(),
  architecture: z.enum(["pipeline", "realtime", "text", "api"]).optional(),
  search: textInput(255).optional(),
  from: timeInput.optional(),
  to: timeInput.optional(),
};

const TAGS = ["Reading"];

function registerList(server: ZodServer, { sessions, contextOf }: SessionDependencies): void {
  server.get(
    "/api/billing/sessions",
    {
      config: { action: "view_own_sessions" },
      schema: {
        tags: TAGS,
        summary: "Billing sessions, newest first",
        description:
          "A key without the scope read sees the sessions that it opened. A search or filter beyond the status counts to " +
          "10,000; total_is_exact is false when there are more.",
        querystring: z.strictObject({
          ...filterFields,
          status: statusList.optional(),
          limit: countInQuery({ min: 1, max: 1_000, otherwise: 50 }),
          offset: countInQuery({ min: 0, max: 1_000_000_000, otherwise: 0 }),
        }),
        response: {
          200: z.strictObject({
            success: z.literal(true),
            data: z.array(sessionSchema),
            total: z.int(),
            total_is_exact: z.boolean(),
            limit: z.int(),
            offset: z.int(),
          }),
        },
      },
    },
    async (request) => {
      const { limit, offset, status } = request.query;
      const filter = { ...filterOf(request.query, ownKeyOnly(request)), statuses: status ?? null };
      const { data, total } = await sessions.list(request.organizationId, filter, { limit, offset });
      const context = await contextOf(data);
      return {
        success: true as const,
        data: data.map((session) => sessionView(session, context)),
        total: total.count,
        total_is_exact: total.isExact,
        limit,
        offset,
      };
    },
  );
}

function registerCounts(server: ZodServer, { sessions }: SessionDependencies): void {
  server.get(
    "/api/billing/session-counts",
    {
      config: { action: "view_own_sessions" },
      schema: {
        tags: TAGS,
        summary: "How many billing sessions are in each state",
        description:
          "With the filters of the list. Each counts to 10,000 where there is a filter; is_exact is false when one has more.",
        querystring: z.strictObject(filterFields),
        response: {
          200: z.strictObject({
            success: z.literal(true),
            data: z.strictObject({ active: z.int(), stale: z.int(), settled: z.int(), cancelled: z.int() }),
            is_exact: z.boolean(),
          }),
        },
      },
    },
    async (request) => {
      const filter = filterOf(request.query, ownKeyOnly(request));
      const { active, stale, settled, cancelled } = await sessions.countByStatus(
        request.organizationId,
        filter,
      );
      return {
        success: true as const,
        data: {
          active: active.count,
          stale: stale.count,
          settled: settled.count,
          cancelled: cancelled.count,
        },
        is_exact: [active, stale, settled, cancelled].every(({ isExact }) => isExact),
      };
    },
  );
}

type FilterQuery = z.output<z.ZodObject<typeof filterFields>>;

function filterOf(query: FilterQuery, startedByKey: string | null): Omit<SessionFilter, "statuses"> {
  return {
    agentId: query.agent_id ?? null,
    architecture: query.architecture ?? null,
    search: query.search ?? null,
    from: query.from ?? null,
    until: query.to ?? null,
    startedByKey,
  };
}

function registerOne(server: ZodServer, { sessions, artifacts, contextOf }: SessionDependencies): void {
  server.get(
    "/api/billing/sessions/:id",
    {
      config: { action: "view_own_sessions" },
      schema: {
        tags: TAGS,
        summary: "One billing session with its breakdown and artifacts",
        params: z.strictObject({ id: idInput }),
        querystring: z.strictObject(organizationField),
        response: {
          200: z.strictObject({
            success: z.literal(true),
            data: sessionDetailSchema,
          }),
        },
      },
    },
    async (request, reply) => {
      const session = await sessions.find(request.organizationId, request.params.id);
      const ownKey = ownKeyOnly(request);
      if (session === null) return sendProblem(reply, "not_found");
      if (ownKey !== null && session.startedBy?.id !== ownKey) return sendProblem(reply, "forbidden");
      const artifact = await readArtifact(artifacts, session.organizationId, session.id);
      const context = await contextOf([session]);
      return { success: true as const, data: { ...sessionView(session, context), ...artifact } };
    },
  );
}

function registerArtifacts(server: ZodServer, { sessions, artifacts }: SessionDependencies): void {
  server.put(
    "/api/billing/sessions/:id/artifacts",
    {
      config: { action: "charge" },
      schema: {
        tags: ["Charging"],
        summary: "Add transcript, recording or analysis",
        description: "What is not sent stays as it is. Stored encrypted with the organization's key.",
        params: z.strictObject({ id: idInput }),
        body: z.strictObject({ ...organizationField, ...artifactFields }),
        response: { 200: doneSchema },
      },
    },
    async (request, reply) => {
      const { organization_id: _, ...added } = request.body;
      const session = await sessions.find(request.organizationId, request.params.id);
      if (session === null) return sendProblem(reply, "session_not_found");
      await artifacts.run(
        request.organizationId,
        await artifactStatement(artifacts, request.organizationId, session.id, added),
      );
      return { success: true as const };
    },
  );
}

/** The key that a caller is confined to the sessions of; null for everyone who may read all. */
function ownKeyOnly({ principal }: FastifyRequest): string | null {
  return principal.kind === "api_key" && !principal.scopes.includes("read") ? principal.keyId : null;
}
