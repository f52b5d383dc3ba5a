import { z } from "zod";
import { impliedMembership, type Principal } from "../principal.ts";
import { roleSchema } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";

/** Who is signed in, and where. */
export function registerMeRoutes(server: ZodServer): void {
  server.get(
    "/api/me",
    {
      config: { action: "view_profile" },
      schema: { tags: ["Organization"], summary: "The signed-in person", response: { 200: meSchema } },
    },
    async ({ principal }) => {
      const { userId, name, email, memberships, activeOrganizationId } = requirePerson(principal);
      const active = impliedMembership(memberships, activeOrganizationId);
      return {
        success: true as const,
        user: { id: userId, name, email },
        organizations: memberships.map((one) => ({
          id: one.organizationId,
          name: one.organizationName,
          role: one.role,
        })),
        active_organization_id: active?.organizationId ?? null,
        role: active?.role ?? null,
      };
    },
  );
}

/** The person of a request whose action only people may do. */
export function requirePerson(principal: Principal): Extract<Principal, { kind: "user" }> {
  if (principal.kind !== "user") throw new Error("an action of people was allowed to something else");
  return principal;
}

const organizationSchema = z.strictObject({ id: z.string(), name: z.string(), role: roleSchema });

const meSchema = z
  .strictObject({
    success: z.literal(true),
    user: z.strictObject({ id: z.string(), name: z.string(), email: z.string() }),
    organizations: z.array(organizationSchema),
    active_organization_id: z.string().nullable(),
    role: roleSchema.nullable(),
  })
  .meta({ id: "Me" });
