import { Readable } from "node:stream";
import { z } from "zod";
import { type AuditDetails, type AuditEvent, PLATFORM } from "../../domain/audit/audit-event.ts";
import { csvText } from "../csv-text.ts";
import { operationSummaries } from "../openapi.ts";
import { countInQuery, idInput, organizationField } from "../schemas.ts";
import { type AuditEventView, auditEventSchema, auditEventView } from "../wire/audit-event.ts";
import { timeInput } from "../wire/usage-input.ts";
import type { ZodServer } from "../zod-server.ts";

/** Who did what: an organization's own log for its Owner, what is no organization's for the operator.
 *  Source: contract.md, Reading; docs/audit.md. */
export function registerAuditRoutes(server: ZodServer, dependencies: AuditRouteDependencies): void {
  let summaries: ReadonlyMap<string, string> | null = null;
  const show: Show = async (event) => {
    // Known once all routes are.
    summaries ??= operationSummaries(server);
    return auditEventView(event, await dependencies.open(event), summaries);
  };
  registerList(server, dependencies, show);
  registerExport(server, dependencies, show);
  registerPlatform(server, dependencies, show);
}

export type AuditRouteDependencies = {
  /** Writes down what was counted so far, so that the log that is read is up to now. */
  readonly flush: () => Promise<void>;
  list(
    organizationId: string,
    filter: AuditFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ data: AuditEvent[]; total: number }>;
  exported(organizationId: string, filter: AuditFilter): AsyncGenerator<AuditEvent>;
  /** What was sealed of an entry; null when the organization's key was destroyed. */
  open(event: AuditEvent): Promise<AuditDetails | null>;
};

type Show = (event: AuditEvent) => Promise<AuditEventView>;

type AuditFilter = {
  readonly action: string | null;
  readonly actorId: string | null;
  readonly from: number | null;
  readonly until: number | null;
};

const TAGS = ["Audit"];

const filterFields = {
  action: z
    .string()
    .regex(/^[a-z_]{1,64}$/, "Must be the name of an action")
    .optional(),
  actor_id: idInput.optional(),
  from: timeInput.optional(),
  to: timeInput.optional(),
};

const pageFields = {
  limit: countInQuery({ min: 1, max: 1_000, otherwise: 50 }),
  offset: countInQuery({ min: 0, max: 1_000_000_000, otherwise: 0 }),
};

const listSchema = z.strictObject({
  success: z.literal(true),
  data: z.array(auditEventSchema),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
});

function registerList(server: ZodServer, dependencies: AuditRouteDependencies, show: Show): void {
  server.get(
    "/api/billing/audit",
    {
      config: { action: "view_audit" },
      schema: {
        tags: TAGS,
        summary: "The audit log, newest first",
        description:
          "Changes in full; reads counted by who, action, address and hour. Only the Owner and the operator see it.",
        querystring: z.strictObject({ ...organizationField, ...filterFields, ...pageFields }),
        response: { 200: listSchema },
      },
    },
    async ({ organizationId, query }) => listed(dependencies, show, { organizationId, query }),
  );
}

function registerExport(server: ZodServer, { flush, exported }: AuditRouteDependencies, show: Show): void {
  server.get(
    "/api/billing/audit/export",
    {
      config: { action: "view_audit" },
      schema: {
        tags: TAGS,
        summary: "The audit log as a CSV or JSON file, oldest first",
        querystring: z.strictObject({
          ...organizationField,
          ...filterFields,
          format: z.enum(["csv", "json"]).default("csv"),
        }),
      },
    },
    async ({ organizationId, query }, reply) => {
      const { format } = query;
      await flush();
      const events = exported(organizationId, filterOf(query));
      reply.header("content-disposition", `attachment; filename="audit.${format}"`);
      reply.type(format === "csv" ? "text/csv; charset=utf-8" : "application/json; charset=utf-8");
      return reply.send(Readable.from(format === "csv" ? csv(events, show) : json(events, show)));
    },
  );
}

function registerPlatform(server: ZodServer, dependencies: AuditRouteDependencies, show: Show): void {
  server.get(
    "/api/billing/audit/platform",
    {
      config: { action: "view_platform_audit" },
      schema: {
        tags: TAGS,
        summary: "What is in no organization's audit log, newest first",
        description:
          "Sign-ins and attempts of people without an organization, wrong credentials, prices for everyone, replays.",
        querystring: z.strictObject({ ...filterFields, ...pageFields }),
        response: { 200: listSchema },
      },
    },
    async ({ query }) => listed(dependencies, show, { organizationId: PLATFORM, query }),
  );
}

type FilterQuery = {
  readonly action?: string | undefined;
  readonly actor_id?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

async function listed(
  { flush, list }: AuditRouteDependencies,
  show: Show,
  {
    organizationId,
    query,
  }: { organizationId: string; query: FilterQuery & { limit: number; offset: number } },
): Promise<z.output<typeof listSchema>> {
  const { limit, offset } = query;
  await flush();
  const { data, total } = await list(organizationId, filterOf(query), { limit, offset });
  return { success: true, data: await Promise.all(data.map(show)), total, limit, offset };
}

function filterOf(query: FilterQuery): AuditFilter {
  const { action, actor_id, from, to } = query;
  return { action: action ?? null, actorId: actor_id ?? null, from: from ?? null, until: to ?? null };
}

const COLUMNS =
  "seq,id,at,until,action,operation,subject,result,count,actor_type,actor_id,actor_name,ip_address,user_agent,before,after";

async function* csv(events: AsyncGenerator<AuditEvent>, show: Show): AsyncGenerator<string> {
  yield `${COLUMNS}\r\n`;
  for await (const event of events)
    yield `${fieldsOf(await show(event))
      .map(csvText)
      .join(",")}\r\n`;
}

function fieldsOf(view: AuditEventView): string[] {
  const { actor } = view;
  const fields: readonly (string | number | null)[] = [
    ...[
      view.seq,
      view.id,
      view.at,
      view.until,
      view.action,
      view.operation,
      view.subject,
      view.result,
      view.count,
    ],
    ...[actor.type, actor.id, actor.name, view.ip_address, view.user_agent],
    ...[view.before, view.after].map((part) => (part === null ? null : JSON.stringify(part))),
  ];
  return fields.map((field) => String(field ?? ""));
}

async function* json(events: AsyncGenerator<AuditEvent>, show: Show): AsyncGenerator<string> {
  yield '{"success":true,"data":[';
  let separator = "";
  for await (const event of events) {
    yield separator + JSON.stringify(await show(event));
    separator = ",\n";
  }
  yield "]}\n";
}
