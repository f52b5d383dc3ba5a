import type { Accepted, Command, Context, Decision } from "../domain/charging/command.ts";
import type { Account, AccountPolicy } from "../domain/ledger/account.ts";

/** What the use cases around money need from outside; storage/ implements it. */

/** A storage statement that commits together with a command. Opaque here: storage makes it and runs it. */
export type Alongside = { readonly text: string; readonly values: readonly unknown[] };

/** An answer to keep under an Idempotency-Key. @param fingerprint digest of the route and body it belongs to. */
export type IdempotentAnswer = {
  readonly key: string;
  readonly fingerprint: string;
  readonly answer: (
    decision: Decision,
    context: Context,
  ) => { readonly status: number; readonly body: string };
};

export type Submission = {
  readonly organizationId: string;
  readonly command: Command;
  readonly idempotency?: IdempotentAnswer;
  readonly alongside?: (accepted: Accepted) => readonly Alongside[];
};

/** Decided durably: the answer comes after the commit. `replayed`: an earlier answer under the same key. */
export type Outcome =
  | { readonly kind: "decided"; readonly decision: Decision; readonly context: Context }
  | { readonly kind: "replayed"; readonly status: number; readonly body: string }
  | { readonly kind: "account_missing" };

export type MoneyPorts = {
  submit(submission: Submission): Promise<Outcome>;
  /** Decides commands of one organization in this order. Rejects when one can't be decided, whatever became of the others. */
  submitMany(submissions: readonly Submission[]): Promise<readonly Outcome[]>;
  findAccount(organizationId: string): Promise<Account | null>;
  /** Does nothing to an account that exists. */
  insertAccount(organizationId: string, policy: AccountPolicy): Promise<void>;
  /** Encrypts a text for one place with the organization's key. */
  seal(organizationId: string, place: string, text: string): Promise<string>;
  /** The same without waiting, for what is decided in the middle of a batch. */
  sealer(organizationId: string): Promise<(place: string, text: string) => string>;
  /** Whether the organization's key was destroyed: nothing more is sealed for it. */
  isErased(organizationId: string): Promise<boolean>;
  /** The text; null when the organization's key was destroyed. */
  open(organizationId: string, place: string, sealed: string): Promise<string | null>;
};
