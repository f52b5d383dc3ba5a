import { createHash } from "node:crypto";
import type { Command } from "../domain/charging/command.ts";
import { canonicalJson } from "../domain/ledger/canonical-json.ts";
import type { Origin } from "../domain/ledger/transaction.ts";
import type { Credits } from "../domain/money/credits.ts";

export type Credit = {
  readonly creditId: string;
  readonly kind: "manual_grant" | "welcome" | "startup_grant" | "adjustment" | "usage_refund";
  /** Above 0; only an adjustment may be negative. */
  readonly amount: Credits;
  readonly description: string | null;
  readonly reason: string | null;
  /** The transaction that a usage_refund gives back; null for every other kind. */
  readonly transactionId: string | null;
};

/** An organization gets its welcome credit once, whoever grants it: it has one id for all. */
export const WELCOME_CREDIT_ID = "welcome";

/** The command behind a credit, for the operator's route and the CLI alike. */
export function creditCommand(credit: Credit): (origin: Origin) => Command {
  const { kind, transactionId, ...rest } = credit;
  const fingerprint = digest(credit);
  return (origin) => {
    if (kind === "usage_refund") {
      return { ...rest, kind: "refund_usage", transactionId: transactionId ?? "", fingerprint, origin };
    }
    const creditId = kind === "welcome" ? WELCOME_CREDIT_ID : credit.creditId;
    return { ...rest, kind: "add_credit", creditId, creditKind: kind, fingerprint, origin };
  };
}

function digest({ amount, ...rest }: Credit): string {
  return createHash("sha256")
    .update(canonicalJson({ ...rest, amount: String(amount) }))
    .digest("hex");
}
