import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";

/** Adds to every operation the problems its action implies, so that routes only document those of their own, and
 *  moves all problems to their media type. Changes the document in place; a second time changes nothing. */
export function documentProblems(document: OpenApiDocument): OpenApiDocument {
  for (const path of Object.values(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = path?.[method];
      if (operation !== undefined) documentOperation(operation);
    }
  }
  return document;
}

/** An OpenAPI 3 document as the generator types it. */
export type OpenApiDocument = Extract<ReturnType<FastifyInstance["swagger"]>, { components?: unknown }>;

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

type Options = NonNullable<FastifyDynamicSwaggerOptions["openapi"]>;
type Schemas = NonNullable<NonNullable<Options["components"]>["schemas"]>;
type ProblemSchema = Exclude<Schemas[string], { $ref: string }>;
type PathItem = NonNullable<NonNullable<OpenApiDocument["paths"]>[string]>;
type Operation = NonNullable<PathItem["get"]>;

function documentOperation(operation: Operation): void {
  const action = Reflect.get(operation, "x-action");
  const isPublic = action === "public";
  if (isPublic) operation.security = [];
  const statuses = new Set<number>([500]);
  if (!isPublic) for (const status of [401, 403, 404, 429, 503]) statuses.add(status);
  if (operation.requestBody !== undefined) for (const status of [400, 413, 415, 422]) statuses.add(status);
  if (operation.parameters !== undefined) statuses.add(422);
  for (const status of Object.keys(operation.responses ?? {}))
    if (status >= "400") statuses.add(Number(status));
  const responses = { ...operation.responses };
  for (const status of [...statuses].sort()) {
    responses[status] = {
      description: TITLES.get(status) ?? "Refused",
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  operation.responses = responses;
}

const TITLES: ReadonlyMap<number, string> = new Map([
  [400, "malformed: not JSON"],
  [401, "unauthenticated"],
  [402, "Not enough credits, or a limit is reached"],
  [403, "forbidden, owner_only or foreign_origin"],
  [404, "not_found: no such thing, or another organization's"],
  [409, "It conflicts with what is recorded"],
  [413, "too_large: more than 1 MiB"],
  [415, "unsupported_media_type"],
  [422, "invalid: see errors"],
  [429, "rate_limited: see Retry-After"],
  [500, "internal"],
  [502, "payment_provider_error"],
  [503, "unavailable: see Retry-After"],
]);

/** Every refusal, as a schema. */
export const problemSchema: ProblemSchema = {
  type: "object",
  description: "RFC 9457. Branch on code; some codes add facts of their own.",
  required: ["success", "type", "title", "status", "code", "detail", "request_id"],
  properties: {
    success: { type: "boolean", enum: [false] },
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string" },
    detail: { type: "string" },
    request_id: { type: "string" },
    retry_after_seconds: { type: "number" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};
