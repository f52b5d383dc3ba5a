import { z } from "zod";
import { timeOutput } from "../schemas.ts";
import { sessionSchema } from "./session.ts";
import { transactionSchema } from "./transaction.ts";

/** One message of the live stream, as `notify/live` writes it. */
export const streamMessageSchema = z
  .strictObject({
    type: z.enum(["credit_added", "credit_consumed", "balance_updated", "session_updated"]),
    organization_id: z.string(),
    seq: z.int(),
    balance: z.number(),
    held: z.number(),
    available: z.number(),
    status: z.enum(["ok", "low", "depleted", "grace", "exhausted"]),
    active_sessions: z.int().optional().describe("With the newest message only"),
    transaction: transactionSchema.optional(),
    session: sessionSchema.optional(),
    created_at: timeOutput,
  })
  .meta({ id: "StreamMessage" });
