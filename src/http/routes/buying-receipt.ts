import { z } from "zod";
import type { FindReceipt } from "../../application/find-receipt.ts";
import { assertNever } from "../../domain/assert.ts";
import { sendProblem } from "../problems.ts";
import { idInput, organizationField, timeOutput } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";
import { providerProblem } from "./buying.ts";

/** The provider's receipt of a purchase, by a link that is good when it is given. */
export function registerReceiptRoute(server: ZodServer, findReceipt: FindReceipt): void {
  server.get(
    "/api/billing/transactions/:id/receipt",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Buying"],
        summary: "A link to the payment provider's receipt",
        description:
          "For a purchase and its refunds. The provider's links are signed and end: a fresh one is fetched when the one " +
          "kept with the purchase is over. 404 not_found when there is no receipt.",
        params: z.strictObject({ id: idInput }),
        querystring: z.strictObject(organizationField),
        response: { 200: receiptSchema, 502: z.unknown() },
      },
    },
    async (request, reply) => {
      const found = await findReceipt(request.organizationId, request.params.id);
      switch (found.kind) {
        case "receipt": {
          const expiresAt = found.expiresAt?.toISOString() ?? null;
          return { success: true as const, receipt_url: found.url, expires_at: expiresAt };
        }
        case "no_receipt":
          return sendProblem(reply, "not_found", { detail: "There is no receipt for this transaction." });
        case "provider_down":
        case "provider_refused":
        case "provider_garbled": {
          const { code, facts } = providerProblem(found);
          return sendProblem(reply, code, facts);
        }
        default:
          return assertNever(found);
      }
    },
  );
}

const receiptSchema = z.strictObject({
  success: z.literal(true),
  receipt_url: z.string(),
  expires_at: timeOutput.nullable(),
});
