import { invariant } from "../domain/assert.ts";
import type { Accepted, Command, Context, Decision } from "../domain/charging/command.ts";
import type { Actor, Origin } from "../domain/ledger/transaction.ts";
import type { Alongside, IdempotentAnswer, MoneyPorts, Outcome } from "./ports.ts";

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

/** The same for many commands of one request, decided in their order: one call of the engine, one ciphertext of the
 *  address. Rejects when one of them could not be decided; the others may have been, so each must be repeatable. */
export type PostCommands = (request: {
  readonly organizationId: string;
  readonly requester: Requester;
  readonly commands: (origin: Origin) => readonly Command[];
}) => Promise<readonly Decision[]>;

/** Where the sealed address of a transaction belongs. */
export const TRANSACTION_IP = "transaction.ip";

export function createPostCommand(
  ports: Pick<MoneyPorts, "submit" | "seal">,
  openAccount: (organizationId: string) => Promise<void>,
): PostCommand {
  return async (request) => {
    const { organizationId, requester, idempotency, alongside } = request;
    const submission = {
      organizationId,
      command: request.command(await originOf(organizationId, requester, ports)),
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

export function createPostCommands(
  ports: Pick<MoneyPorts, "submitMany" | "seal">,
  openAccount: (organizationId: string) => Promise<void>,
): PostCommands {
  return async ({ organizationId, requester, commands }) => {
    const origin = await originOf(organizationId, requester, ports);
    const submissions = commands(origin).map((command) => ({ organizationId, command }));
    const outcomes = await ports.submitMany(submissions);
    const missing = submissions.filter((_, place) => outcomes[place]?.kind === "account_missing");
    if (missing.length === 0) return outcomes.map(decisionOf);
    await openAccount(organizationId);
    const again = (await ports.submitMany(missing)).values();
    return outcomes.map((outcome) =>
      decisionOf(outcome.kind === "account_missing" ? again.next().value : outcome),
    );
  };
}

async function originOf(
  organizationId: string,
  { actor, ip }: Requester,
  ports: Pick<MoneyPorts, "seal">,
): Promise<Origin> {
  return { actor, sealedIp: ip === null ? null : await ports.seal(organizationId, TRANSACTION_IP, ip) };
}

function decisionOf(outcome: Outcome | undefined): Decision {
  invariant(outcome?.kind === "decided", "a command without a key, on an open account, is decided");
  return outcome.decision;
}
