import { z } from "zod";
import type { AddPriceVersion } from "../../application/add-price-version.ts";
import type { AnswerStore } from "../../application/identity-ports.ts";
import type { PriceVersionStore } from "../../application/price-ports.ts";
import { assertNever } from "../../domain/assert.ts";
import { answerChange, type ChangeOutcome } from "../answer-change.ts";
import { countInQuery, idInput, organizationField } from "../schemas.ts";
import {
  addedVersionSchema,
  addedVersionView,
  priceErrors,
  priceVersionFields,
  recordedVersionSchema,
  recordedVersionView,
} from "../wire/price-version.ts";
import type { ZodServer } from "../zod-server.ts";

/** The price book as the operator keeps it. Source: docs/prices.md, docs/decisions/0004-pricing.md */
export function registerPriceVersionRoutes(server: ZodServer, dependencies: PriceVersionDependencies): void {
  registerList(server, dependencies);
  registerAdd(server, dependencies);
}

export type PriceVersionDependencies = {
  readonly listPriceVersions: PriceVersionStore["list"];
  readonly addPriceVersion: AddPriceVersion;
  readonly answers: AnswerStore;
};

const PATH = "/api/billing/price-versions";

function registerList(server: ZodServer, { listPriceVersions }: PriceVersionDependencies): void {
  server.get(
    PATH,
    {
      config: { action: "change_prices" },
      schema: {
        tags: ["Pricing"],
        summary: "Every price version, the latest date first",
        description:
          "organization_id: only the overrides of that organization. A version without rates ends one.",
        querystring: z.strictObject({
          ...organizationField,
          limit: countInQuery({ min: 1, max: 1_000, otherwise: 50 }),
          offset: countInQuery({ min: 0, max: 1_000_000_000, otherwise: 0 }),
        }),
        response: {
          200: z.strictObject({
            success: z.literal(true),
            data: z.array(recordedVersionSchema),
            total: z.int(),
            limit: z.int(),
            offset: z.int(),
          }),
        },
      },
    },
    async ({ query: { organization_id, limit, offset } }) => {
      const page = { limit, offset };
      const { data, total } = await listPriceVersions(organization_id ?? null, page);
      return { success: true as const, data: data.map(recordedVersionView), total, ...page };
    },
  );
}

function registerAdd(server: ZodServer, { addPriceVersion, answers }: PriceVersionDependencies): void {
  server.post(
    PATH,
    {
      config: { action: "change_prices" },
      schema: {
        tags: ["Pricing"],
        summary: "Add a price version, or preview one",
        description:
          "Without organization_id: a full list for everyone. With it: the rates that differ for that organization; no " +
          "rates end its override. Without effective_from it comes into force a second later. Sessions that run keep the " +
          "version they started with. The same list for the same date again, or without a date while it is in force: 200. preview writes nothing and says what " +
          "would change.",
        body: z.strictObject({
          organization_id: idInput.optional(),
          preview: z.boolean().default(false),
          ...priceVersionFields,
        }),
        response: { 200: addedVersionSchema, 201: addedVersionSchema, 409: z.unknown() },
      },
    },
    (request, reply) =>
      answerChange(request, reply, answers, async () => {
        const { organization_id, preview, effective_from, reason, rates } = request.body;
        const added = await addPriceVersion({
          organizationId: organization_id ?? null,
          effectiveFrom: effective_from ?? null,
          entries: rates,
          reason,
          createdBy: request.actor.id,
          isPreview: preview,
        });
        return answerOf(added, preview);
      }),
  );
}

function answerOf(added: Awaited<ReturnType<AddPriceVersion>>, isPreview: boolean): ChangeOutcome {
  switch (added.kind) {
    case "added":
      return {
        kind: "done",
        status: isPreview || added.repeated ? 200 : 201,
        body: addedVersionView(added, isPreview),
      };
    case "organization_unknown":
      return { kind: "refused", code: "not_found", facts: { detail: "There is no such organization." } };
    case "date_taken":
      return { kind: "refused", code: "price_date_taken", facts: { version: added.version } };
    case "too_early":
    case "wrong_prices": {
      const errors = priceErrors(added);
      const [first] = errors;
      return {
        kind: "refused",
        code: "invalid",
        facts: { detail: `${first?.path}: ${first?.message}`, errors },
      };
    }
    default:
      return assertNever(added);
  }
}
