import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { AnswerStore, IdentityStore } from "../../application/identity-ports.ts";
import {
  addMember,
  changeRole,
  type ManagedRole,
  type MemberRefusal,
  removeMember,
  transferOwnership,
} from "../../application/members.ts";
import { mayAct } from "../../domain/policy/authorization.ts";
import type { Member } from "../../domain/policy/organization.ts";
import { answerChange, type ChangeOutcome } from "../answer-change.ts";
import { viewWithin } from "../principal.ts";
import { sendProblem } from "../problems.ts";
import { doneSchema, idInput, organizationPath, roleSchema, timeOutput } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";
import { requirePerson } from "./me.ts";

/** The members of an organization. Owner and Admin manage them; nobody removes or demotes the Owner, whose place is
 *  only transferred, by the Owner. Source: contract, "Who". */
export function registerMemberRoutes(server: ZodServer, dependencies: MemberDependencies): void {
  registerList(server, dependencies);
  registerAdd(server, dependencies);
  registerChangeRole(server, dependencies);
  registerRemove(server, dependencies);
  registerTransfer(server, dependencies);
}

export type MemberDependencies = {
  readonly answers: AnswerStore;
  readonly identity: Pick<IdentityStore, "listMembers">;
  readonly newId: (prefix: string) => string;
  /** The mail for somebody who may turn out to have no account; none where no mail is sent. */
  readonly sealInvitation: (invited: {
    readonly organizationId: string;
    readonly email: string;
    readonly role: ManagedRole;
    readonly inviterId: string | null;
  }) => Promise<readonly string[]>;
};

function registerList(server: ZodServer, { identity }: MemberDependencies): void {
  server.get(
    "/api/organizations/:id/members",
    {
      config: { action: "view_organization" },
      schema: {
        tags: ["Organization"],
        summary: "Members and invited people",
        params: organizationPath,
        response: { 200: listSchema },
      },
    },
    async ({ organizationId }) => {
      const data = (await identity.listMembers(organizationId)).map(memberBody);
      return { success: true as const, data, total: data.length, limit: data.length, offset: 0 };
    },
  );
}

function registerAdd(server: ZodServer, { answers, newId, sealInvitation }: MemberDependencies): void {
  server.post(
    "/api/organizations/:id/members",
    {
      config: { action: "manage_members" },
      schema: {
        tags: ["Organization"],
        summary: "Add a person by email address",
        description:
          "Somebody with an account is a member at once; anybody else is invited, by mail too, and joins on signing up.",
        params: organizationPath,
        body: z.strictObject({ email: z.email().max(255), role: managedRole.default("member") }),
        response: { 201: memberAnswer },
      },
    },
    async (request, reply) => {
      const { organizationId, body, principal } = request;
      const inviterId = principal.kind === "user" ? principal.userId : null;
      const draft = { organizationId, ...body, inviterId };
      // Before the transaction: sealing needs a connection of its own, and a crowd would wait for each other's.
      const invitationMails = await sealInvitation(draft);
      return answerChange(request, reply, answers, async (store) =>
        outcomeOf(await addMember(store, { ...draft, invitationMails, newId }), 201),
      );
    },
  );
}

function registerChangeRole(server: ZodServer, { answers }: MemberDependencies): void {
  server.patch(
    "/api/organizations/:id/members/:user_id",
    {
      config: { action: "manage_members" },
      schema: {
        tags: ["Organization"],
        summary: "Change a member's role",
        params: memberPath,
        body: z.strictObject({ role: managedRole }),
        response: { 200: memberAnswer },
      },
    },
    async (request, reply) => {
      const { organizationId, params, body } = request;
      const change = { organizationId, userId: params.user_id, role: body.role };
      return answerChange(request, reply, answers, async (store) => {
        const before = await memberBefore(store, change);
        return { ...outcomeOf(forCaller(request, await changeRole(store, change)), 200), before };
      });
    },
  );
}

function registerRemove(server: ZodServer, { answers }: MemberDependencies): void {
  server.delete(
    "/api/organizations/:id/members/:user_id",
    {
      config: { action: "leave_organization" },
      schema: {
        tags: ["Organization"],
        summary: "Remove a member or an invitation, or leave",
        params: memberPath,
        response: { 200: doneSchema },
      },
    },
    async (request, reply) => {
      const { organizationId, params } = request;
      if (!mayRemove(request, params.user_id)) return sendProblem(reply, "forbidden");
      return answerChange(request, reply, answers, async (store) => {
        const userId = params.user_id;
        const before = await memberBefore(store, { organizationId, userId });
        const removed = forCaller(request, await removeMember(store, { organizationId, userId }));
        if (removed.kind !== "removed") return { kind: "refused", code: removed.kind };
        return { kind: "done", status: 200, body: { success: true }, before };
      });
    },
  );
}

function registerTransfer(server: ZodServer, { answers }: MemberDependencies): void {
  server.post(
    "/api/organizations/:id/transfer-ownership",
    {
      config: { action: "transfer_ownership" },
      schema: {
        tags: ["Organization"],
        summary: "Make another member the Owner",
        description: "The present Owner becomes an Admin.",
        params: organizationPath,
        body: z.strictObject({ user_id: idInput }),
        response: { 200: memberAnswer },
      },
    },
    async (request, reply) => {
      const { organizationId, body } = request;
      const { userId } = requirePerson(request.principal);
      const transfer = { organizationId, fromUserId: userId, toUserId: body.user_id };
      return answerChange(request, reply, answers, async (store) =>
        outcomeOf(await transferOwnership(store, transfer), 200),
      );
    },
  );
}

/** Anybody may leave; only those who manage members may remove others. */
function mayRemove({ principal, organizationId }: FastifyRequest, userId: string): boolean {
  if (principal.kind === "user" && principal.userId === userId) return true;
  return mayAct(viewWithin(principal, organizationId), "manage_members") === "allowed";
}

/** That there has to be an Owner is news for the Owner only: nobody else may touch their place. */
function forCaller<Result extends object>(
  { principal, organizationId }: FastifyRequest,
  result: Result,
): Result | { readonly kind: "forbidden" } {
  const isOwnerRequired = "kind" in result && result.kind === "owner_required";
  const who = viewWithin(principal, organizationId);
  return isOwnerRequired && who.kind === "user" && who.role !== "owner" ? { kind: "forbidden" } : result;
}

function outcomeOf(
  result: Member | MemberRefusal | { readonly kind: "forbidden" },
  status: 200 | 201,
): ChangeOutcome {
  if ("kind" in result) return { kind: "refused", code: result.kind };
  return { kind: "done", status, body: { success: true, member: memberBody(result) } };
}

/** The member as the audit log is to remember them. */
async function memberBefore(
  store: Pick<IdentityStore, "lockMember">,
  { organizationId, userId }: { readonly organizationId: string; readonly userId: string },
): Promise<object | null> {
  const member = await store.lockMember(organizationId, userId);
  return member === null ? null : { member: memberBody(member) };
}

function memberBody(member: Member): z.output<typeof memberSchema> {
  return {
    user_id: member.userId,
    name: member.name,
    email: member.email,
    role: member.role,
    status: member.status,
    joined_at: member.joinedAt?.toISOString() ?? null,
  };
}

const managedRole = z.enum(["admin", "member"]);
const memberPath = z.strictObject({ id: idInput, user_id: idInput });

const memberSchema = z
  .strictObject({
    user_id: z.string(),
    name: z.string().nullable(),
    email: z.string(),
    role: roleSchema,
    status: z.enum(["active", "invited"]),
    joined_at: timeOutput.nullable(),
  })
  .meta({ id: "Member" });

const memberAnswer = z.strictObject({ success: z.literal(true), member: memberSchema });

const listSchema = z.strictObject({
  success: z.literal(true),
  data: z.array(memberSchema),
  total: z.number(),
  limit: z.number(),
  offset: z.number(),
});
