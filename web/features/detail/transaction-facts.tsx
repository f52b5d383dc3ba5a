import type { ReactNode } from "react";
import type { Transaction } from "../../api/records.ts";
import { formatCount, formatDollars } from "../../ui/format-money.ts";
import { formatMinutes } from "../../ui/format-time.ts";
import { TimeStamp } from "../../ui/time-stamp.tsx";
import { Aside, Fact, Facts } from "./facts.tsx";
import { ReceiptLink } from "./receipt-link.tsx";

const KINDS: Record<string, string> = {
  purchase: "Purchase",
  manual_grant: "Manual grant",
  welcome: "Welcome credit",
  startup_grant: "Startup grant",
  voice: "Voice call",
  chat: "Chat",
  api: "API usage",
  service: "Service",
  purchase_refund: "Purchase refund",
  usage_refund: "Usage refund",
  late_end: "Late end of a session",
};

const ACTOR_TYPES: Record<string, string> = {
  user: "Member",
  api_key: "API key",
  operator: "Operator",
  system: "System",
  lemon_squeezy: "Lemon Squeezy",
};

/** A transaction without a session: who made it, when, from where, and what it was for. */
export function TransactionFacts({ transaction }: { transaction: Transaction }) {
  const { metadata, actor, type, kind } = transaction;
  const purchase = kind === "purchase";
  const isPaid = purchase || kind === "purchase_refund";
  return (
    <>
      <Facts>
        {actor && (
          <Fact name={purchase ? "Bought by" : "Made by"}>
            {actor.name ?? ACTOR_TYPES[actor.type] ?? actor.id}
            {actor.name && actor.type !== "user" && <Aside>{ACTOR_TYPES[actor.type] ?? actor.type}</Aside>}
          </Fact>
        )}
        <Fact name="When">
          <TimeStamp instant={transaction.created_at} seconds plain />
        </Fact>
        {transaction.ip_address && (
          <Fact name="IP address">
            <code className="font-mono text-[12px]">{transaction.ip_address}</code>
          </Fact>
        )}
        <Fact name="Kind">{KINDS[kind] ?? kind.replaceAll("_", " ")}</Fact>
        {purchase && (
          <Fact name="Package">
            {textOf(metadata.package_name) ?? `${formatDollars(transaction.amount)} of credits`}
          </Fact>
        )}
        {type === "consumption" && <UsedFact metadata={metadata} />}
        <Extra name="Order" value={textOf(metadata.order_number) ?? textOf(metadata.order_id)} />
        <Extra name="Agent id" value={textOf(metadata.agent_id)} />
        <Extra name="Reason" value={textOf(metadata.reason)} />
      </Facts>
      {isPaid && textOf(metadata.order_id) && <ReceiptLink transactionId={transaction.id} />}
    </>
  );
}

function UsedFact({ metadata }: { metadata: Transaction["metadata"] }) {
  if (typeof metadata.duration_seconds === "number") {
    return (
      <Fact name="Duration">
        {formatMinutes(metadata.duration_seconds)} <Aside>{Math.round(metadata.duration_seconds)} s</Aside>
      </Fact>
    );
  }
  if (typeof metadata.messages === "number")
    return <Fact name="Messages">{formatCount(metadata.messages)}</Fact>;
  if (typeof metadata.units === "number") return <Fact name="Units">{formatCount(metadata.units)}</Fact>;
  return null;
}

function Extra({ name, value }: { name: string; value: ReactNode }) {
  return value ? <Fact name={name}>{value}</Fact> : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
