import { createContext, useContext } from "react";
import type { LiveState } from "./live/shared-stream.ts";
import type { Me, Role } from "./records.ts";

/** The organization whose numbers the page shows, who is looking, and whether news of it comes in live. */
export interface ActiveOrganization {
  id: string;
  name: string;
  role: Role;
  user: Me["user"];
  live: LiveState;
}

export const ActiveOrganizationContext = createContext<ActiveOrganization | null>(null);

/** The active organization. Only below the shell, which provides it; elsewhere a bug. */
export function useOrganization(): ActiveOrganization {
  const organization = useContext(ActiveOrganizationContext);
  if (organization === null) throw new Error("useOrganization outside of the shell");
  return organization;
}
