import { z } from "zod";
import { creditsToNumber } from "../../domain/money/credits.ts";
import {
  periodEndOf,
  SPEND_PERIODS,
  SPEND_SCOPES,
  type SpendLimit,
  type SpendRule,
  spendKeyOf,
} from "../../domain/policy/spend-limit.ts";
import { creditsInput, idInput, timeOutput } from "../schemas.ts";

/** Spend limits as the API takes and shows them. */

const keyFields = { scope: z.enum(SPEND_SCOPES), period: z.enum(SPEND_PERIODS) };

/** An amount that bounds something. Beyond a million credits it is a typo, not a policy. */
export const limitInput = creditsInput.refine((amount) => amount >= 0n && amount <= LIMIT_MAX, {
  message: "Must be 0 to 1000000",
});
const LIMIT_MAX = 10_000_000_000n;

const ruleInput = z
  .strictObject({ ...keyFields, subject: idInput.nullable().default(null), limit: limitInput })
  .superRefine(({ scope, subject }, context) => {
    if ((scope === "organization") === (subject === null)) return;
    const message = subject === null ? `Required: the id of the ${scope}` : "An organization has no subject";
    context.addIssue({ code: "custom", path: ["subject"], message });
  });

/** All limits of an organization. */
export const spendRulesInput = z
  .array(ruleInput)
  .max(100)
  .superRefine((rules, context) => {
    const seen = new Set<string>();
    for (const [index, rule] of rules.entries()) {
      const key = spendKeyOf(rule);
      if (seen.has(key)) context.addIssue({ code: "custom", path: [index], message: "Is set twice" });
      seen.add(key);
    }
  }) satisfies z.ZodType<readonly SpendRule[]>;

export const spendLimitSchema = z
  .strictObject({
    ...keyFields,
    subject: z.string().nullable(),
    limit: z.number(),
    spent: z.number(),
    held: z.number(),
    resets_at: timeOutput,
  })
  .meta({ id: "SpendLimit" });

/** @param limit as it stands now. */
export function spendLimitView(limit: SpendLimit): z.infer<typeof spendLimitSchema> {
  return {
    scope: limit.scope,
    period: limit.period,
    subject: limit.subject,
    limit: creditsToNumber(limit.limit),
    spent: creditsToNumber(limit.spent),
    held: creditsToNumber(limit.held),
    resets_at: new Date(periodEndOf(limit)).toISOString(),
  };
}
