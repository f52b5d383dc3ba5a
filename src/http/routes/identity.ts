import type { ZodServer } from "../zod-server.ts";
import { type ApiKeyDependencies, registerApiKeyRoutes } from "./api-keys.ts";
import { type AuthRouteDependencies, registerAuthRoutes } from "./auth.ts";
import { registerMeRoutes } from "./me.ts";
import { type MemberDependencies, registerMemberRoutes } from "./members.ts";
import { type OrganizationDependencies, registerOrganizationRoutes } from "./organizations.ts";
import { registerSettingsRoutes, type SettingsDependencies } from "./settings.ts";

/** Everything about people and organizations: signing in, organizations, members, keys, settings. */
export function registerIdentityRoutes(server: ZodServer, dependencies: IdentityDependencies): void {
  registerAuthRoutes(server, dependencies);
  registerMeRoutes(server);
  registerOrganizationRoutes(server, dependencies);
  registerMemberRoutes(server, dependencies);
  registerApiKeyRoutes(server, dependencies);
  registerSettingsRoutes(server, dependencies);
}

export type IdentityDependencies = AuthRouteDependencies &
  OrganizationDependencies &
  MemberDependencies &
  ApiKeyDependencies &
  SettingsDependencies;
