import type { Accepted, Command, Context, Decision } from "../domain/charging/command.ts";
import type { Actor, Origin } from "../domain/ledger/transaction.ts";
import type { Alongside, IdempotentAnswer, MoneyPorts } from "./ports.ts";

/** Who asks, from which address. Null for what nobody asked for: sweepers and schedules. */
export type Requester = { readonly actor: Actor | null; readonly ip: string | null };

export type PostRequest = {
  readonly organizationId: string;
  readonly requester: Requester;
  /** Makes the command, given who is to be on its transaction. */
  readonly command: (origin: Origin) => Command;
  readonly idempotency?: IdempotentAnswer;
  readonly alongside?: (accepted: Accepted) => readonly Alongside[];
};

export type Posted =
  | { readonly kind: "decided"; readonly decision: Decision; readonly context: Context }
  | { readonly kind: "replayed"; readonly status: number; readonly body: string };

/** The way of every command to the engine: seals the requester's address, and opens the account of an organization
 *  that was created but not yet given one (a crash in between). */
export type PostCommand = (request: PostRequest) => Promise<Posted>;

/** Where the sealed address of a transaction belongs. */
export const TRANSACTION_IP = "transaction.ip";

export function createPostCommand(
  ports: Pick<MoneyPorts, "submit" | "seal">,
  openAccount: (organizationId: string) => Promise<void>,
): PostCommand {
  const seal = sealOnce(ports);
  return async (request) => {
    const { organizationId, requester, idempotency, alongside } = request;
    const sealedIp = requester.ip === null ? null : await seal(organizationId, requester, requester.ip);
    const submission = {
      organizationId,
      command: request.command({ actor: requester.actor, sealedIp }),
      ...(idempotency === undefined ? {} : { idempotency }),
      ...(alongside === undefined ? {} : { alongside }),
    };
    const outcome = await ports.submit(submission);
    if (outcome.kind !== "account_missing") return outcome;
    await openAccount(organizationId);
    const again = await ports.submit(submission);
    if (again.kind === "account_missing") throw new Error(`the account of ${organizationId} was just opened`);
    return again;
  };
}

/** The events of one request come from one address, and carry one ciphertext of it. */
function sealOnce(ports: Pick<MoneyPorts, "seal">) {
  const latest = new WeakMap<
    Requester,
    { readonly organizationId: string; readonly sealed: Promise<string> }
  >();
  return (organizationId: string, requester: Requester, ip: string): Promise<string> => {
    const known = latest.get(requester);
    if (known?.organizationId === organizationId) return known.sealed;
    const sealed = ports.seal(organizationId, TRANSACTION_IP, ip);
    latest.set(requester, { organizationId, sealed });
    return sealed;
  };
}
