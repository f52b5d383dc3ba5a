import swagger from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { renderReference } from "./docs-page.ts";
import { documentProblems, type OpenApiDocument, problemSchema } from "./openapi-problems.ts";
import { keepUsedSchemas } from "./openapi-schemas.ts";
import { describeWebhooks } from "./openapi-webhooks.ts";
import type { ZodServer } from "./zod-server.ts";

/** Describes every route in OpenAPI 3.1 from its own schemas, at /openapi.json, and as a page to read at /docs. Has to
 *  be installed before the routes are registered. */
export async function installOpenApi(server: ZodServer, version: string): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Airtime", version, description: DESCRIPTION },
      servers: [{ url: "/" }],
      security: [{ bearer: [] }, { cookie: [] }],
      components: { securitySchemes: SECURITY_SCHEMES, schemas: { Problem: problemSchema } },
    },
    transformObject: jsonSchemaTransformObject,
    transform: (input) => {
      const { schema, url } = jsonSchemaTransform(input);
      return { schema: { ...schema, "x-action": input.route.config?.action ?? "public" }, url };
    },
  });
  let page: string | null = null;
  server.get(
    "/openapi.json",
    {
      config: { action: "public" },
      schema: { tags: ["Documentation"], summary: "This document, OpenAPI 3.1" },
    },
    async () => openApiDocument(server),
  );
  server.get(
    "/docs",
    {
      config: { action: "public" },
      schema: { tags: ["Documentation"], summary: "The reference, for people" },
    },
    async (_request, reply) => {
      page ??= renderReference(openApiDocument(server));
      reply.guardPage();
      return reply.type("text/html; charset=utf-8").send(page);
    },
  );
}

/** The OpenAPI document of all registered routes; the committed openapi.json is exactly this. The server has to be
 *  ready. */
export function openApiDocument(server: ZodServer): OpenApiDocument {
  const document = server.swagger({ yaml: false });
  if (!("openapi" in document)) throw new Error("the documentation was installed for another format");
  return Object.assign(keepUsedSchemas(documentProblems(document)), { webhooks: describeWebhooks() });
}

/** What each route does in a few words, by its name such as "GET /api/organizations/:id/members". */
export function operationSummaries(server: ZodServer): ReadonlyMap<string, string> {
  const summaries = new Map<string, string>();
  for (const [path, item] of Object.entries(openApiDocument(server).paths ?? {})) {
    for (const [method, operation] of Object.entries(item ?? {})) {
      const summary: unknown = typeof operation === "object" ? Reflect.get(operation, "summary") : undefined;
      const route = path.replace(/\{(\w+)\}/g, ":$1");
      if (typeof summary === "string") summaries.set(`${method.toUpperCase()} ${route}`, summary);
    }
  }
  return summaries;
}

const DESCRIPTION =
  "Prepaid credits for AI voice and chat agents. Money is in credits (1 credit = 1.00 USD) with at most 4 decimals; " +
  "times are RFC 3339 UTC. Every POST accepts an Idempotency-Key. Errors are problem documents: branch on `code`.";

const SECURITY_SCHEMES = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description: "An API key (air_live_…, air_test_…), the operator key, or a session token.",
  },
  cookie: { type: "apiKey", in: "cookie", name: "airtime.session_token", description: "The page's session." },
} as const;
