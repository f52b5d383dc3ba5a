import { expect, test } from "vitest";
import type { Command, Decision } from "../domain/charging/command.ts";
import type { Submission } from "./ports.ts";
import { createPostCommands } from "./post-command.ts";

const cancel = (sessionId: string): Command => ({ kind: "cancel", sessionId });
const context = { prices: { versions: [] }, now: 0, timing: { validityMs: 1, settleWindowMs: 1 } };

function decided(submission: Submission) {
  const sessionId = "sessionId" in submission.command ? submission.command.sessionId : "";
  const decision: Decision = { kind: "refused", refusal: { kind: "session_not_found", sessionId } };
  return { kind: "decided", decision, context } as const;
}

test("commands that came before their account was opened are posted again, and all are answered in their order", async () => {
  const opened: string[] = [];
  const calls: number[] = [];
  const post = createPostCommands(
    {
      isErased: async () => false,
      sealer: async () => (_place, text) => text,
      seal: async (_organizationId, _place, text) => `sealed ${text}`,
      // Another process opens the account between the second command and the third.
      submitMany: async (submissions) => {
        calls.push(submissions.length);
        const isOpen = (place: number) => opened.length > 0 || place === 2;
        return submissions.map((one, place) =>
          isOpen(place) ? decided(one) : ({ kind: "account_missing" } as const),
        );
      },
    },
    async (organizationId) => void opened.push(organizationId),
  );
  const origins: unknown[] = [];
  const decisions = await post({
    organizationId: "org_1",
    requester: { actor: null, ip: "192.0.2.7" },
    commands: (origin) => {
      origins.push(origin);
      return ["a", "b", "c"].map(cancel);
    },
  });
  expect(decisions).toEqual(
    ["a", "b", "c"].map((id) => decided({ organizationId: "", command: cancel(id) }).decision),
  );
  expect(opened).toEqual(["org_1"]);
  expect(calls).toEqual([3, 2]);
  expect(origins).toEqual([{ actor: null, sealedIp: "sealed 192.0.2.7" }]);
});
