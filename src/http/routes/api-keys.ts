import { z } from "zod";
import { createApiKey, type KeyMode } from "../../application/api-keys.ts";
import type { AnswerStore, IdentityStore } from "../../application/identity-ports.ts";
import type { ApiKey } from "../../domain/policy/organization.ts";
import { answerChange } from "../answer-change.ts";
import type { KeyCache } from "../key-cache.ts";
import { doneSchema, idInput, nameInput, organizationPath, timeOutput } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";

/** The API keys of an organization. A key is shown once, when it is made; a revoked one stops working at once in this
 *  process and within a second in others. */
export function registerApiKeyRoutes(server: ZodServer, dependencies: ApiKeyDependencies): void {
  registerList(server, dependencies);
  registerCreate(server, dependencies);
  registerRevoke(server, dependencies);
}

export type ApiKeyDependencies = {
  readonly answers: AnswerStore;
  readonly identity: Pick<IdentityStore, "listApiKeys">;
  readonly keys: KeyCache;
  readonly keyMode: KeyMode;
  readonly newId: (prefix: string) => string;
};

function registerList(server: ZodServer, { identity }: ApiKeyDependencies): void {
  server.get(
    "/api/organizations/:id/api-keys",
    {
      config: { action: "view_organization" },
      schema: {
        tags: ["Organization"],
        summary: "API keys, the revoked ones too",
        params: organizationPath,
        response: { 200: listSchema },
      },
    },
    async ({ organizationId }) => {
      const data = (await identity.listApiKeys(organizationId)).map(keyBody);
      return { success: true as const, data, total: data.length, limit: data.length, offset: 0 };
    },
  );
}

function registerCreate(server: ZodServer, { answers, keyMode, newId }: ApiKeyDependencies): void {
  server.post(
    "/api/organizations/:id/api-keys",
    {
      config: { action: "manage_api_keys" },
      schema: {
        tags: ["Organization"],
        summary: "Create an API key",
        description:
          "The key is in this answer only. Scopes: charge (sessions and usage), read, admin (keys, webhooks).",
        params: organizationPath,
        body: z.strictObject({
          name: nameInput,
          scopes: z.array(scopeSchema).min(1).max(3),
        }),
        response: { 201: createdSchema },
      },
    },
    async (request, reply) => {
      const { organizationId, body, actor } = request;
      return answerChange(request, reply, answers, async (store) => {
        const draft = { organizationId, ...body, createdBy: actor.id, mode: keyMode, newId };
        const { apiKey, key } = await createApiKey(store, draft);
        const { id, name, scopes, prefix, created_at } = keyBody(apiKey);
        const shown = { id, name, scopes, prefix, key, created_at };
        return { kind: "done", status: 201, body: { success: true, api_key: shown } };
      });
    },
  );
}

function registerRevoke(server: ZodServer, { answers, keys }: ApiKeyDependencies): void {
  server.delete(
    "/api/organizations/:id/api-keys/:key_id",
    {
      config: { action: "manage_api_keys" },
      schema: {
        tags: ["Organization"],
        summary: "Revoke an API key",
        params: z.strictObject({ id: idInput, key_id: idInput }),
        response: { 200: doneSchema },
      },
    },
    async (request, reply) => {
      const { organizationId, params } = request;
      return answerChange(request, reply, answers, async (store) => {
        const before = (await store.listApiKeys(organizationId)).find(({ id }) => id === params.key_id);
        const revoked = await store.revokeApiKey(organizationId, params.key_id);
        if (revoked === null) return { kind: "refused", code: "not_found" };
        const afterCommit = () => keys.forget(revoked.hash);
        const apiKey = before === undefined ? null : { api_key: keyBody(before) };
        return { kind: "done", status: 200, body: { success: true }, before: apiKey, afterCommit };
      });
    },
  );
}

function keyBody(key: ApiKey): z.output<typeof keySchema> {
  return {
    id: key.id,
    name: key.name,
    scopes: [...key.scopes],
    prefix: key.prefix,
    created_at: key.createdAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  };
}

const scopeSchema = z.enum(["charge", "read", "admin"]);

const keySchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    scopes: z.array(scopeSchema),
    prefix: z.string(),
    created_at: timeOutput,
    last_used_at: timeOutput.nullable(),
    revoked_at: timeOutput.nullable(),
  })
  .meta({ id: "ApiKey" });

const createdSchema = z.strictObject({
  success: z.literal(true),
  api_key: keySchema.omit({ last_used_at: true, revoked_at: true }).extend({ key: z.string() }),
});

const listSchema = z.strictObject({
  success: z.literal(true),
  data: z.array(keySchema),
  total: z.number(),
  limit: z.number(),
  offset: z.number(),
});
