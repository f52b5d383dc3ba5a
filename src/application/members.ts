import type { Role } from "../domain/policy/authorization.ts";
import type { Member } from "../domain/policy/organization.ts";
import type { IdentityStore } from "./identity-ports.ts";
import type { MailStore } from "./mail-ports.ts";

/** Adds a person by address: somebody with an account is a member at once, anybody else is invited, by mail
 *  too, and joins when they sign up. Refuses "already_member". */
export async function addMember(store: MemberStore, draft: NewMember): Promise<Member | MemberRefusal> {
  const account = await store.findAccountByEmail(draft.email);
  if (account === null) {
    for (const sealed of draft.invitationMails)
      await store.insertMail({ organizationId: draft.organizationId, kind: "invitation", sealed });
    return store.upsertInvitation({
      id: draft.newId("inv"),
      organizationId: draft.organizationId,
      email: draft.email,
      role: draft.role,
      inviterId: draft.inviterId,
    });
  }
  const { organizationId, role } = draft;
  if ((await store.lockMember(organizationId, account.userId)) !== null) return { kind: "already_member" };
  await store.insertMember({ organizationId, userId: account.userId, role });
  return requireMember(store, organizationId, account.userId);
}

/** Gives a member, or somebody invited, another role. Refuses "not_found", and "owner_required" for the Owner, whose
 *  role changes by transfer only. */
export async function changeRole(
  store: MemberStore,
  change: { readonly organizationId: string; readonly userId: string; readonly role: ManagedRole },
): Promise<Member | MemberRefusal> {
  const member = await store.lockMember(change.organizationId, change.userId);
  if (member === null) return { kind: "not_found" };
  if (member.role === "owner") return { kind: "owner_required" };
  await store.updateRole(change.organizationId, change.userId, change.role);
  return { ...member, role: change.role };
}

/** Removes a member or an invitation. Refuses "not_found", and "owner_required" for the Owner. */
export async function removeMember(
  store: MemberStore,
  { organizationId, userId }: { readonly organizationId: string; readonly userId: string },
): Promise<{ readonly kind: "removed" } | MemberRefusal> {
  const member = await store.lockMember(organizationId, userId);
  if (member === null) return { kind: "not_found" };
  if (member.role === "owner") return { kind: "owner_required" };
  await store.deleteMember(organizationId, userId);
  return { kind: "removed" };
}

/** Makes a member the Owner, and the Owner an Admin. Refuses "not_found" when the new Owner is no member (an invited
 *  person is none), or the present one no longer is the Owner. */
export async function transferOwnership(
  store: MemberStore,
  transfer: { readonly organizationId: string; readonly fromUserId: string; readonly toUserId: string },
): Promise<Member | MemberRefusal> {
  const { organizationId, fromUserId, toUserId } = transfer;
  const present = await store.lockMember(organizationId, fromUserId);
  const next = await store.lockMember(organizationId, toUserId);
  if (present?.role !== "owner" || next === null || next.status !== "active") return { kind: "not_found" };
  // The present Owner steps down first: the database never admits two.
  await store.updateRole(organizationId, fromUserId, "admin");
  await store.updateRole(organizationId, toUserId, "owner");
  return { ...next, role: "owner" };
}

/** Roles that are given and taken; the Owner's is only transferred. */
export type ManagedRole = Exclude<Role, "owner">;

export type MemberRefusal = { readonly kind: "already_member" | "owner_required" | "not_found" };

type MemberStore = Pick<
  IdentityStore,
  "findAccountByEmail" | "lockMember" | "insertMember" | "upsertInvitation" | "updateRole" | "deleteMember"
> &
  MailStore;

type NewMember = {
  readonly organizationId: string;
  readonly email: string;
  readonly role: ManagedRole;
  /** Null when a key or the operator invites. */
  readonly inviterId: string | null;
  /** Sealed, for the case that the person has no account; none where no mail is sent. */
  readonly invitationMails: readonly string[];
  readonly newId: (prefix: string) => string;
};

async function requireMember(store: MemberStore, organizationId: string, userId: string): Promise<Member> {
  const member = await store.lockMember(organizationId, userId);
  if (member === null) throw new Error("a member that was just added is not there");
  return member;
}
