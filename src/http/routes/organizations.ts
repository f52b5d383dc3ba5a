import { z } from "zod";
import { createOrganization, type OpenAccount } from "../../application/create-organization.ts";
import type { AnswerStore } from "../../application/identity-ports.ts";
import { answerChange } from "../answer-change.ts";
import { nameInput, roleSchema } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";
import { requirePerson } from "./me.ts";

/** The organizations of the signed-in person. */
export function registerOrganizationRoutes(server: ZodServer, dependencies: OrganizationDependencies): void {
  server.get(
    "/api/organizations",
    {
      config: { action: "view_profile" },
      schema: {
        tags: ["Organization"],
        summary: "The organizations you belong to",
        response: { 200: listSchema },
      },
    },
    async ({ principal }) => {
      const { memberships } = requirePerson(principal);
      const data = memberships.map(({ organizationId, organizationName, role }) => ({
        id: organizationId,
        name: organizationName,
        role,
      }));
      return { success: true as const, data, total: data.length, limit: data.length, offset: 0 };
    },
  );
  registerCreate(server, dependencies);
}

export type OrganizationDependencies = {
  readonly answers: AnswerStore;
  readonly openAccount: OpenAccount;
  readonly newId: (prefix: string) => string;
};

function registerCreate(server: ZodServer, { answers, openAccount, newId }: OrganizationDependencies): void {
  server.post(
    "/api/organizations",
    {
      config: { action: "create_organization" },
      schema: {
        tags: ["Organization"],
        summary: "Create an organization and own it",
        description: "Its account opens with the welcome credit, once.",
        body: z.strictObject({ name: nameInput }),
        response: { 201: createdSchema },
      },
    },
    async (request, reply) => {
      const { userId } = requirePerson(request.principal);
      return answerChange(request, reply, answers, async (store) => {
        const organization = await createOrganization(store, {
          name: request.body.name,
          ownerId: userId,
          newId,
        });
        return {
          kind: "done",
          status: 201,
          body: { success: true, organization: { ...organization, role: "owner" } },
          // A crash in between is made good when the account is first used.
          afterCommit: () => openAccount(organization.id),
        };
      });
    },
  );
}

const organizationSchema = z.strictObject({ id: z.string(), name: z.string(), role: roleSchema });
const createdSchema = z.strictObject({ success: z.literal(true), organization: organizationSchema });
const listSchema = z.strictObject({
  success: z.literal(true),
  data: z.array(organizationSchema),
  total: z.number(),
  limit: z.number(),
  offset: z.number(),
});
