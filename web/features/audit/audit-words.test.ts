import { expect, test } from "vitest";
import { parseAuditSearch } from "./audit-search.ts";
import { actorName, eventText } from "./audit-words.ts";

test("who it was is said by name, else by id, else by kind", () => {
  const by = (type: "user" | "api_key" | "operator" | "anonymous", id: string | null, name: string | null) =>
    actorName({ actor: { type, id, name } });
  expect(by("user", "usr_1", "Olivia Reyes")).toBe("Olivia Reyes");
  expect(by("user", "usr_1", null)).toBe("usr_1");
  expect(by("api_key", "key_1", "voice-runtime")).toBe("API key voice-runtime");
  expect(by("anonymous", null, null)).toBe("Nobody known");
  expect(by("operator", null, null)).toBe("The operator");
});

test("what was counted says how often, in words for people", () => {
  const read = { action: "view_billing", description: "View billing", operations: { "GET /history": 12 } };
  expect(eventText({ ...read, count: 12 })).toBe("Looked at billing, 12 times");
  const change = { action: "manage_webhooks", description: "Add a webhook", operations: null };
  expect(eventText({ ...change, count: 1 })).toBe("Add a webhook");
  expect(eventText({ ...read, action: "view_prices", count: 1 })).toBe("View billing");
});

test("an action that can't be one counts as absent", () => {
  expect(parseAuditSearch({ action: "Drop Table", actor: "", page: 0 })).toMatchObject({
    action: undefined,
    actor: undefined,
    page: undefined,
  });
  expect(parseAuditSearch({ action: "sign_in", page: "2" })).toMatchObject({ action: "sign_in", page: 2 });
});
