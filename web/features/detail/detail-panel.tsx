import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useOrganization } from "../../api/active-organization.ts";
import { sessionQuery, transactionQuery } from "../../api/queries.ts";
import type { Session, Transaction } from "../../api/records.ts";
import { Badge } from "../../ui/badge.tsx";
import { Notice } from "../../ui/notice.tsx";
import { SidePanel } from "../../ui/side-panel.tsx";
import { BalanceChange } from "./balance-change.tsx";
import { CostBreakdown } from "./cost-breakdown.tsx";
import { PanelIds } from "./panel-ids.tsx";
import { SessionArtifacts } from "./session-artifacts.tsx";
import { SessionFacts } from "./session-facts.tsx";
import { architectureName, statusLook } from "./session-names.ts";
import { TransactionFacts } from "./transaction-facts.tsx";
import { transactionLook } from "./transaction-look.ts";

interface DetailPanelProps {
  subject: { kind: "transaction" | "session"; id: string };
  /** Ids of the rows around it, in order, for stepping. */
  neighbours: string[];
  onStep(id: string): void;
  onClose(): void;
}

/** Everything about one transaction or session: the balance before and after, what was used, what it cost and why. */
export default function DetailPanel({ subject, neighbours, onStep, onClose }: DetailPanelProps) {
  const { transaction, session, failed } = useSubject(subject);
  const place = neighbours.indexOf(subject.id);
  const before = place > 0 ? neighbours[place - 1] : undefined;
  const after = place < 0 ? undefined : neighbours[place + 1];
  const loading = !failed && !transaction && !session;

  return (
    <SidePanel
      title={titleOf(transaction, session)}
      badges={<PanelBadges transaction={transaction} session={session} />}
      subtitle={transaction?.description ?? (session ? session.agent_id : undefined)}
      onClose={onClose}
      onPrevious={before === undefined ? undefined : () => onStep(before)}
      onNext={after === undefined ? undefined : () => onStep(after)}
      footer={<PanelIds session={session} transaction={transaction} />}
    >
      <div className="flex flex-col gap-6" aria-busy={loading}>
        {failed && (
          <Notice tone="danger">
            This entry could not be loaded. It may belong to another organization.
          </Notice>
        )}
        {loading && <PanelLoading />}
        {transaction && <BalanceChange transaction={transaction} />}
        {session ? (
          <>
            <SessionFacts session={session} actor={transaction?.actor ?? null} />
            <CostBreakdown session={session} />
            <SessionArtifacts session={session} />
          </>
        ) : (
          transaction && <TransactionFacts transaction={transaction} />
        )}
      </div>
    </SidePanel>
  );
}

/** A transaction and its session, whichever of them the panel was opened by. */
function useSubject({ kind, id }: DetailPanelProps["subject"]) {
  const organization = useOrganization();
  const byTransaction = useQuery({
    ...transactionQuery(organization.id, id),
    enabled: kind === "transaction",
  });
  const sessionId = kind === "session" ? id : (byTransaction.data?.billing_session_id ?? null);
  const session = useQuery({
    ...sessionQuery(organization.id, sessionId ?? ""),
    enabled: sessionId !== null,
  });
  const transactionId = kind === "session" ? (session.data?.transaction_id ?? null) : null;
  const bySession = useQuery({
    ...transactionQuery(organization.id, transactionId ?? ""),
    enabled: transactionId !== null,
  });
  return {
    transaction: kind === "transaction" ? byTransaction.data : bySession.data,
    session: session.data,
    failed: kind === "transaction" ? byTransaction.isError : session.isError,
  };
}

function titleOf(transaction: Transaction | undefined, session: Session | undefined): string {
  if (session) return session.agent_name ?? session.agent_id;
  return transaction ? (transaction.description.split(" - ")[0] ?? transaction.description) : "Details";
}

function PanelBadges({
  transaction,
  session,
}: {
  transaction: Transaction | undefined;
  session: Session | undefined;
}) {
  if (session) {
    const { word, tone, dot } = statusLook(session);
    const settled = session.status === "settled" && word === "Settled";
    return (
      <>
        <Badge tone="brand">{architectureName(session)}</Badge>
        <Badge tone={settled ? "green" : tone} dot={dot} icon={settled ? Check : undefined}>
          {word}
        </Badge>
      </>
    );
  }
  if (!transaction) return null;
  const { word, icon, tone } = transactionLook(transaction.type);
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}

function PanelLoading() {
  return (
    <>
      <div className="skeleton h-[66px] !rounded-xl" />
      <div className="skeleton h-24 !rounded-xl" />
      <div className="skeleton h-44 !rounded-xl" />
    </>
  );
}
