import { randomUUID } from "node:crypto";
import type { Command } from "../../src/domain/charging/command.ts";
import type { SessionSubject } from "../../src/domain/charging/session.ts";
import type { Origin } from "../../src/domain/ledger/transaction.ts";
import { NO_USAGE } from "../../src/domain/pricing/rate-usage.ts";

/** What a voice runtime sends, as the HTTP routes hand it to the posting port. */

const SUBJECT: SessionSubject = {
  agentId: "agent_abc123",
  agentName: "Front desk",
  architecture: "pipeline",
  sessionType: "webcall",
  keyMode: "platform_keys",
  llmModel: "gpt-4o-mini",
  sttProvider: "deepgram",
  ttsProvider: "cartesia",
  realtimeModel: null,
  userId: null,
  metadata: {},
};

/** As large as a real one: who asked, and a sealed IPv4 address. Sealing it is work of the HTTP figures. */
const ORIGIN: Origin = {
  actor: { type: "api_key", id: "key_01k9x0000000000000000000000", name: "Voice runtime" },
  sealedIp: "c2VhbGVkIGFkZHJlc3NzZWFsZWQgYWRkcmVzc3NlYWxlZCBhZGRy",
};

const FINGERPRINT = "0".repeat(64);

/** A finished call in one command. */
export function charge(): Command {
  return {
    kind: "charge",
    eventId: randomUUID(),
    subject: SUBJECT,
    usage: { ...NO_USAGE, durationMs: 42_000n },
    description: null,
    occurredAt: null,
    fingerprint: FINGERPRINT,
    origin: ORIGIN,
  };
}

export const SESSION_STEPS = ["start", "usage", "usage", "end"] as const;
export type SessionStep = (typeof SESSION_STEPS)[number];

/** One call: opened, reported twice (the second report renews its grant), ended. */
export function sessionCommands(): readonly { readonly step: SessionStep; readonly command: Command }[] {
  const sessionId = randomUUID();
  const report = (seq: bigint, durationMs: bigint): Command => ({
    kind: "report",
    sessionId,
    seq,
    usage: { durationMs },
  });
  return [
    {
      step: "start",
      command: { kind: "authorize", sessionId, subject: SUBJECT, fingerprint: FINGERPRINT, origin: ORIGIN },
    },
    { step: "usage", command: report(1n, 20_000n) },
    { step: "usage", command: report(2n, 50_000n) },
    {
      step: "end",
      command: {
        kind: "settle",
        sessionId,
        usage: { durationMs: 70_000n },
        endedAt: null,
        reason: null,
        origin: ORIGIN,
      },
    },
  ];
}
