import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type {
  AccountPolicy,
  AccountPolicyChange,
  AccountPolicyStore,
} from "../../application/account-policy.ts";
import type { OpenAccount } from "../../application/create-organization.ts";
import { creditsToNumber } from "../../domain/money/credits.ts";
import { mayAct } from "../../domain/policy/authorization.ts";
import { viewWithin } from "../principal.ts";
import { sendProblem } from "../problems.ts";
import { organizationPath } from "../schemas.ts";
import { limitInput, spendLimitSchema, spendLimitView, spendRulesInput } from "../wire/spend-limit.ts";
import type { ZodServer } from "../zod-server.ts";

/** What the Owner sets about billing, and the grace limit, which only the operator sets because it is credit. */
export function registerSettingsRoutes(server: ZodServer, dependencies: SettingsDependencies): void {
  const { policies, openAccount } = dependencies;
  server.get(
    "/api/organizations/:id/settings",
    {
      config: { action: "view_organization" },
      schema: {
        tags: ["Organization"],
        summary: "Billing settings",
        params: organizationPath,
        response: { 200: settingsAnswer },
      },
    },
    async ({ organizationId }) => {
      await openAccount(organizationId);
      return {
        success: true as const,
        settings: settingsBody(await policies.readAccountPolicy(organizationId)),
      };
    },
  );
  registerChange(server, dependencies);
}

export type SettingsDependencies = {
  readonly policies: AccountPolicyStore;
  readonly openAccount: OpenAccount;
};

function registerChange(server: ZodServer, { policies, openAccount }: SettingsDependencies): void {
  server.patch(
    "/api/organizations/:id/settings",
    {
      config: { action: "change_billing_settings" },
      preValidation: refuseGraceLimit,
      schema: {
        tags: ["Organization"],
        summary: "Change billing settings",
        description:
          "grace_limit is the operator's alone: 403 for everybody else. spend_limits replaces all that there are; limits that " +
          "stay keep their count. Days and months are UTC.",
        params: organizationPath,
        body: changeSchema,
        response: { 200: settingsAnswer },
      },
    },
    async (request) => {
      const { organizationId, body, actor } = request;
      await openAccount(organizationId);
      if (request.trail !== null)
        request.trail.before = { settings: settingsBody(await policies.readAccountPolicy(organizationId)) };
      const policy = await policies.updateAccountPolicy(organizationId, changeOf(body), actor);
      return { success: true as const, settings: settingsBody(policy) };
    },
  );
}

/** Before the fields are looked at, so that a role is refused as a role (403), not as a mistake (422). */
async function refuseGraceLimit(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const { body, principal, organizationId } = request;
  if (typeof body !== "object" || body === null || !("grace_limit" in body)) return undefined;
  if (mayAct(viewWithin(principal, organizationId), "set_grace_limit") === "allowed") return undefined;
  return sendProblem(reply, "forbidden", { detail: "Only the operator sets the grace limit." });
}

function changeOf(body: z.output<typeof changeSchema>): AccountPolicyChange {
  return {
    ...(body.grace_limit === undefined ? {} : { graceLimit: body.grace_limit }),
    ...(body.low_balance_threshold === undefined ? {} : { lowBalanceThreshold: body.low_balance_threshold }),
    ...(body.alert_emails === undefined ? {} : { alertEmails: body.alert_emails }),
    ...(body.spend_limits === undefined ? {} : { spendLimits: body.spend_limits }),
  };
}

function settingsBody(policy: AccountPolicy): z.output<typeof settingsSchema> {
  return {
    grace_limit: creditsToNumber(policy.graceLimit),
    low_balance_threshold: creditsToNumber(policy.lowBalanceThreshold),
    alert_emails: [...policy.alertEmails],
    spend_limits: policy.spendLimits.map(spendLimitView),
  };
}

const changeSchema = z.strictObject({
  grace_limit: limitInput.optional(),
  low_balance_threshold: limitInput.optional(),
  alert_emails: z.array(z.email().max(255)).max(20).optional(),
  spend_limits: spendRulesInput.optional(),
});

const settingsSchema = z
  .strictObject({
    grace_limit: z.number(),
    low_balance_threshold: z.number(),
    alert_emails: z.array(z.string()),
    spend_limits: z.array(spendLimitSchema),
  })
  .meta({ id: "OrganizationSettings" });

const settingsAnswer = z.strictObject({ success: z.literal(true), settings: settingsSchema });
