import type { PostCommand } from "../../src/application/post-command.ts";
import type { Command } from "../../src/domain/charging/command.ts";
import type { Origin } from "../../src/domain/ledger/transaction.ts";
import { type Credits, credits } from "../../src/domain/money/credits.ts";
import { NO_USAGE } from "../../src/domain/pricing/rate-usage.ts";
import { AGENTS, between, type DemoAgent, seededRandom, subjectOfAgent } from "./agents.ts";

type History = {
  readonly organizationId: string;
  readonly post: PostCommand;
  readonly setTime: (epochMs: number) => void;
  readonly now: number;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS = 35;
const KEY = { type: "api_key", id: "key_demo", name: "voice-runtime" } as const;
const OPERATOR = { type: "operator", id: "operator", name: "Operator" } as const;
const OWNER = { type: "user", id: "usr_demo", name: "Olivia Reyes" } as const;

/** Several weeks of an organization's life: purchases, grants, calls, chats, batches and a refund, posted through the
 *  engine one after the other like real ones, each at its own time. */
export async function inventHistory(history: History): Promise<void> {
  const random = seededRandom(41);
  const start = history.now - DAYS * DAY_MS;
  const steps = [...credit(start), ...usage(start, history.now, random)].sort((a, b) => a.at - b.at);
  for (const step of steps) await step.run({ ...history, at: step.at });
}

type Step = { readonly at: number; run(context: History & { at: number }): Promise<void> };

function credit(start: number): Step[] {
  const day = (days: number, hours: number) => start + days * DAY_MS + hours * 3_600_000;
  return [
    add(day(0, 0.1), "welcome", credits(50_000n)),
    purchase(day(0, 2), 1, credits(500_000n), 4_750n),
    purchase(day(9, 5), 2, credits(1_000_000n), 9_000n),
    add(day(14, 3), "startup_grant", credits(1_000_000n)),
    purchase(day(21, 6), 3, credits(1_000_000n), 9_000n),
    add(day(27, 4), "manual_grant", credits(100_000n)),
    purchase(day(33, 1), 4, credits(500_000n), 4_750n),
  ];
}

function usage(start: number, until: number, random: () => number): Step[] {
  const steps: Step[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const weekend = new Date(start + day * DAY_MS).getUTCDay() % 6 === 0;
    const calls = weekend ? 3 : between([6, 10], random);
    for (let call = 0; call < calls; call += 1) {
      const at = Math.round(start + day * DAY_MS + (7 + 14 * random()) * 3_600_000);
      const agent = AGENTS[Math.floor(random() * AGENTS.length)];
      if (agent !== undefined && at < until - 20 * 60_000) steps.push(conversation(at, agent, random));
    }
    if (day % 3 === 1) steps.push(batch(start + day * DAY_MS + 8 * 3_600_000, between([40, 180], random)));
  }
  return steps;
}

function conversation(at: number, agent: DemoAgent, random: () => number): Step {
  const length = between(agent.length, random);
  const isChat = agent.architecture === "text";
  const durationMs = isChat ? length * 9_000 : length * 1_000;
  const total = isChat ? { messages: BigInt(length) } : { durationMs: BigInt(durationMs) };
  const sessionId = `ses_demo_${at.toString(36)}`;
  return {
    at,
    async run(context) {
      await command(context, KEY, (origin) => ({
        kind: "authorize",
        sessionId,
        subject: subjectOfAgent(agent),
        fingerprint: "demo",
        origin,
      }));
      await command({ ...context, at: at + durationMs }, KEY, (origin) => ({
        kind: "settle",
        sessionId,
        usage: total,
        endedAt: at + durationMs,
        reason: "completed",
        origin,
      }));
    },
  };
}

function batch(at: number, contacts: number): Step {
  return {
    at,
    run: (context) =>
      command(context, KEY, (origin) => ({
        kind: "charge",
        eventId: `evt_demo_${at.toString(36)}`,
        subject: {
          ...subjectOfAgent({
            id: "agent_batch",
            name: "Batch calling",
            architecture: "api",
            sessionType: "api",
            length: [1, 1],
            goal: "",
          }),
          unitPriceId: "contact",
        },
        usage: { ...NO_USAGE, units: BigInt(contacts) },
        description: null,
        occurredAt: at,
        fingerprint: "demo",
        origin,
      })),
  };
}

function add(at: number, kind: "welcome" | "startup_grant" | "manual_grant", amount: Credits): Step {
  return {
    at,
    run: (context) =>
      command(context, OPERATOR, (origin) => ({
        kind: "add_credit",
        creditId: kind,
        creditKind: kind,
        amount,
        description: null,
        reason: null,
        fingerprint: kind,
        origin,
      })),
  };
}

function purchase(at: number, number: number, amount: Credits, totalMinor: bigint): Step {
  const dollars = amount / 10_000n;
  return {
    at,
    run: (context) =>
      command(context, OWNER, (origin) => ({
        kind: "credit_purchase",
        purchase: {
          storeId: "demo",
          orderId: `demo-${number}`,
          credits: amount,
          totalMinor,
          refundedCredits: credits(0n),
          transactionSeq: null,
        },
        description: `Credit top-up via Lemon Squeezy - $${dollars}.00 - #${1000 + number}`,
        metadata: {
          payment_method: "lemon_squeezy",
          order_id: `demo-${number}`,
          order_number: 1000 + number,
        },
        origin,
        occurredAt: at,
      })),
  };
}

async function command(
  { organizationId, post, setTime, at }: History & { at: number },
  actor: typeof KEY | typeof OPERATOR | typeof OWNER,
  make: (origin: Origin) => Command,
): Promise<void> {
  setTime(at);
  await post({ organizationId, requester: { actor, ip: "198.51.100.7" }, command: make });
}
