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

/** The way of every command to the engine: seals the requester's address and the answer that is kept, and opens the account of an organization
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
  ports: Pick<MoneyPorts, "submit" | "open"> & SealingPorts,
  openAccount: (organizationId: string) => Promise<void>,
): PostCommand {
  const posted = async ({ organizationId, idempotency }: PostRequest, outcome: Outcome): Promise<Posted> => {
    invariant(outcome.kind !== "account_missing", "an account that was just opened is there");
    if (outcome.kind === "decided") return outcome;
    const body = await ports.open(organizationId, answerPlace(idempotency?.key ?? ""), outcome.body);
    if (body === null) throw new Error(`the answers kept of ${organizationId} were erased`);
    return { ...outcome, body };
  };
  return async (request) => {
    const { organizationId, requester, idempotency, alongside } = request;
    const submission = {
      organizationId,
      command: request.command(await originOf(organizationId, requester, ports)),
      ...(idempotency === undefined ? {} : await keptSealed(organizationId, idempotency, ports)),
      ...(alongside === undefined ? {} : { alongside }),
    };
    const outcome = await ports.submit(submission);
    if (outcome.kind !== "account_missing") return posted(request, outcome);
    await openAccount(organizationId);
    return posted(request, await ports.submit(submission));
  };
}

type SealingPorts = Pick<MoneyPorts, "seal" | "sealer" | "isErased">;

/** An answer shows the transaction's address, so it is kept as that is: with the organization's key. Without the key it is
 *  not kept; what it answers is still repeatable by its own id. */
async function keptSealed(
  organizationId: string,
  idempotency: IdempotentAnswer,
  ports: SealingPorts,
): Promise<{ readonly idempotency?: IdempotentAnswer }> {
  if (await ports.isErased(organizationId)) return {};
  const seal = await ports.sealer(organizationId);
  const place = answerPlace(idempotency.key);
  return {
    idempotency: {
      ...idempotency,
      answer(decision, context) {
        const { status, body } = idempotency.answer(decision, context);
        return { status, body: seal(place, body) };
      },
    },
  };
}

const answerPlace = (key: string) => `idempotency.body/${key}`;

export function createPostCommands(
  ports: Pick<MoneyPorts, "submitMany"> & SealingPorts,
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

/** Without the organization's key an address can't be kept, so it is not. */
async function originOf(
  organizationId: string,
  { actor, ip }: Requester,
  ports: SealingPorts,
): Promise<Origin> {
  const isKept = ip !== null && !(await ports.isErased(organizationId));
  return { actor, sealedIp: isKept ? await ports.seal(organizationId, TRANSACTION_IP, ip) : null };
}

function decisionOf(outcome: Outcome | undefined): Decision {
  invariant(outcome?.kind === "decided", "a command without a key, on an open account, is decided");
  return outcome.decision;
}
