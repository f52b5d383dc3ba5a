import type { Credits } from "../domain/money/credits.ts";
import type { Alert } from "../domain/policy/alert.ts";
import type { SpendAlert } from "../domain/policy/spend-limit.ts";

/** What mail needs from outside; storage/ and notify/ implement it. */

/** One mail to one person, as it is kept, sealed, until it is sent. */
export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Where the reader ends such mails; null for those that are always sent. */
  readonly unsubscribeUrl: string | null;
};

export type MailKind = Alert | `spend_${SpendAlert["told"]}` | "invitation" | "webhook_off";

/** What a mail is written to, with whatever else the same transaction changes: it is sent if that commits. */
export type MailStore = {
  insertMail(mail: {
    readonly organizationId: string;
    readonly kind: MailKind;
    readonly sealed: string;
  }): Promise<void>;
};

/** What an alert's mail says, and whom it could go to. */
export type AlertFacts = {
  readonly organizationName: string;
  readonly ownerEmail: string | null;
  readonly alertEmails: readonly string[];
  /** Digests of the addresses that want no warnings of this organization. */
  readonly optOuts: ReadonlySet<string>;
  readonly threshold: Credits;
  readonly graceLimit: Credits;
  /** What the latest charges came to, and in how many ms; null when there are too few to tell a pace. */
  readonly pace: { readonly used: Credits; readonly durationMs: number } | null;
};

/** A mail that is due, leased to whoever got it. */
export type DueMail = {
  readonly organizationId: string;
  readonly id: string;
  readonly sealed: string;
  /** This one included. */
  readonly attempts: number;
  /** Epoch ms. */
  readonly createdAt: number;
};

export type MailQueue = {
  /** Mails whose time has come, the longest due first. */
  listDue(limit: number): Promise<readonly { readonly organizationId: string; readonly id: string }[]>;
  /** Leases one for a minute; null when somebody else has it, or it is no longer due. */
  lease(mail: { organizationId: string; id: string }): Promise<DueMail | null>;
  /** It went out: what it said is forgotten. */
  noteSent(mail: DueMail): Promise<void>;
  /** It will never go out. */
  noteFailed(mail: DueMail, reason: string): Promise<void>;
  /** It is due again after this long. */
  postpone(mail: DueMail, durationMs: number, reason: string): Promise<void>;
};

/** What became of handing a mail over. `rejected`: this mail will never be taken. `deferred`: not now.
 *  `unreachable`: no mail can be handed over at present. */
export type Handover =
  | { readonly kind: "sent" }
  | { readonly kind: "rejected" | "deferred" | "unreachable"; readonly reason: string };
