import { z } from "zod";
import { creditsFromNumber } from "../domain/money/credits.ts";

/** Schemas that several routes share. */

/** An amount in a request: a JSON number with at most 4 decimals, parsed to exact credits. */
export const creditsInput = z.number().transform((value, context) => {
  const amount = creditsFromNumber(value);
  if (amount !== null) return amount;
  context.addIssue({ code: "custom", message: "An amount has at most 4 decimals and is below 10^11" });
  return z.NEVER;
});

/** A text in a request: without NUL, which PostgreSQL can't store, and without halves of surrogate pairs. */
export function textInput(lengthMax: number) {
  return z
    .string()
    .max(lengthMax)
    .regex(/^[^\0\p{Cs}]*$/u, "Must be well-formed text without NUL");
}

/** What people call something: a text of its own, without space around it. */
export const nameInput = textInput(10_000).trim().min(1).max(200);

/** A natural id, ours or the caller's. */
export const idInput = textInput(255).min(1);

/** A whole number in a query, in decimal digits only: "0x10" and "1e2" are typos. */
export function countInQuery({ min, max, otherwise }: { min: number; max: number; otherwise: number }) {
  return z
    .string()
    .regex(/^\d{1,15}$/, "Must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .default(otherwise);
}

/** Names the organization, for people in several and the operator. Spread it into the body or query schema of every
 *  route that is about an organization. */
export const organizationField = { organization_id: idInput.optional() };

/** A time in an answer: RFC 3339 UTC with milliseconds, as Date.toISOString writes it. */
export const timeOutput = z.iso.datetime({ precision: 3 });

/** The path of one organization's things. */
export const organizationPath = z.strictObject({ id: idInput });

export const roleSchema = z.enum(["owner", "admin", "member"]);

/** An answer without contents. */
export const doneSchema = z.strictObject({ success: z.literal(true) });
