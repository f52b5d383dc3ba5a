import type { Mail } from "../../application/mail-ports.ts";
import type { ManagedRole } from "../../application/members.ts";
import { letterHtml, letterText, oneLine } from "./letter.ts";

/** The mail that invites somebody without an account to an organization. */
export function invitationMail({ organizationName, inviterName, email, role, baseUrl }: Invitation): Mail {
  const organization = oneLine(organizationName);
  const inviter = inviterName === null ? null : oneLine(inviterName);
  const letter = {
    heading: `Join ${organization} on Airtime`,
    paragraphs: [
      `${inviter === null ? "You are invited" : `${inviter} invites you`} to follow the credits and calls of ${organization}.`,
      "Create an account with this address, and you are in.",
    ],
    facts: [
      ["Organization", organization],
      ["Your role", ROLES[role]],
      ["Your address", email],
      ["Good for", "14 days"],
    ] as const,
    button: { label: "Create your account", url: `${baseUrl}/sign-up?email=${encodeURIComponent(email)}` },
    footer: `You get this because somebody at ${organization} entered your address. If you expected no invitation, ignore it.`,
    unsubscribeUrl: null,
  };
  return {
    to: email,
    subject: `${inviter === null ? "An invitation" : `${inviter} invites you`} to ${organization}`,
    text: letterText(letter),
    html: letterHtml(letter),
    unsubscribeUrl: null,
  };
}

export type Invitation = {
  readonly organizationName: string;
  /** Null when no person invites, but the operator. */
  readonly inviterName: string | null;
  readonly email: string;
  readonly role: ManagedRole;
  readonly baseUrl: string;
};

const ROLES: Readonly<Record<ManagedRole, string>> = { admin: "Admin", member: "Member" };
