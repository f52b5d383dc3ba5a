import { expect, test } from "vitest";
import { type Action, actions, isAboutOrganization, mayAct, type PrincipalView } from "./authorization.ts";

const who: Record<string, PrincipalView> = {
  owner: { kind: "user", role: "owner" },
  admin: { kind: "user", role: "admin" },
  member: { kind: "user", role: "member" },
  outsider: { kind: "user", role: null },
  charge: { kind: "api_key", scopes: ["charge"] },
  read: { kind: "api_key", scopes: ["read"] },
  administer: { kind: "api_key", scopes: ["admin"] },
  operator: { kind: "operator" },
};

// One row an action, one column a principal: y may, n may not, o is refused because only the Owner may.
const COLUMNS = Object.keys(who);
const table: Record<Action, string> = {
  //                        owner admin member outsider charge read administer operator
  view_billing: "           y     y     y      n        n      y    n          y",
  view_own_sessions: "      y     y     y      n        y      y    n          y",
  view_organization: "      y     y     y      n        n      y    y          y",
  view_audit: "             y     n     n      n        n      n    n          y",
  view_platform_audit: "    n     n     n      n        n      n    n          y",
  charge: "                 n     n     n      n        y      n    n          y",
  grant_credits: "          n     n     n      n        n      n    n          y",
  set_grace_limit: "        n     n     n      n        n      n    n          y",
  change_prices: "          n     n     n      n        n      n    n          y",
  view_webhook_events: "    n     n     n      n        n      n    n          y",
  buy: "                    y     o     o      o        o      o    o          o",
  change_billing_settings: "y     n     n      n        n      n    n          y",
  transfer_ownership: "     y     n     n      n        n      n    n          n",
  manage_members: "         y     y     n      n        n      n    n          y",
  leave_organization: "     y     y     y      n        n      n    n          y",
  manage_api_keys: "        y     y     n      n        n      n    y          y",
  manage_webhooks: "        y     y     n      n        n      n    y          y",
  create_organization: "    y     y     y      y        n      n    n          n",
  view_profile: "           y     y     y      y        n      n    n          n",
};

const VERDICTS: Record<string, string> = { y: "allowed", n: "forbidden", o: "owner_only" };

const cases = Object.entries(table).flatMap(([action, row]) =>
  row
    .trim()
    .split(/\s+/)
    .map((mark, column) => ({ action, name: COLUMNS[column] ?? "", verdict: VERDICTS[mark] })),
);

test.each(cases)("$action by $name is $verdict", ({ action, name, verdict }) => {
  const principal = who[name];
  const known = actions.find((one) => one === action);
  expect(principal !== undefined && known !== undefined && mayAct(principal, known)).toBe(verdict);
});

test("the table has a mark for every principal and a row for every action", () => {
  expect(cases).toHaveLength(actions.length * COLUMNS.length);
  expect(Object.keys(table).sort()).toEqual([...actions].sort());
});

test("scopes add up", () => {
  const both: PrincipalView = { kind: "api_key", scopes: ["charge", "read"] };
  expect([mayAct(both, "charge"), mayAct(both, "view_billing"), mayAct(both, "manage_api_keys")]).toEqual([
    "allowed",
    "allowed",
    "forbidden",
  ]);
});

test("only what a person or the platform does is about no organization", () => {
  const others = actions.filter((action) => !isAboutOrganization(action));
  expect(others.sort()).toEqual([
    "change_prices",
    "create_organization",
    "view_platform_audit",
    "view_profile",
    "view_webhook_events",
  ]);
});
