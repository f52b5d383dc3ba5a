const NAMES = { owner: "Owner", admin: "Admin", member: "Member" };

/** A role as it is written on the page. */
export function roleName(role: keyof typeof NAMES): string {
  return NAMES[role];
}
