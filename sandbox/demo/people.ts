/** Who is in the demo. One click on the sign-in page is signing in as one of them. */

export type DemoPerson = {
  readonly role: "owner" | "admin" | "member";
  readonly name: string;
  readonly email: string;
};

export const ORGANIZATION_NAME = "Acme Voice";

export const PEOPLE: readonly DemoPerson[] = [
  { role: "owner", name: "Olivia Reyes", email: "olivia@acme.example" },
  { role: "admin", name: "Adam Novak", email: "adam@acme.example" },
  { role: "member", name: "Mia Chen", email: "mia@acme.example" },
];
