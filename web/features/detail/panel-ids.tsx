import type { Session, Transaction } from "../../api/records.ts";
import { CopyButton } from "../../ui/copy-button.tsx";

/** The ids, always in sight, each with its copy button. */
export function PanelIds({
  session,
  transaction,
}: {
  session: Session | undefined;
  transaction: Transaction | undefined;
}) {
  return (
    <div className="grid min-h-10 grid-cols-2 gap-4 max-sm:grid-cols-1 max-sm:gap-2">
      {session && <Id name="Session id" copyLabel="Copy the session id" value={session.id} />}
      {transaction && <Id name="Transaction id" copyLabel="Copy the transaction id" value={transaction.id} />}
    </div>
  );
}

function Id({ name, copyLabel, value }: { name: string; copyLabel: string; value: string }) {
  return (
    <div className="min-w-0">
      <div className="type-caption text-ink-2">{name}</div>
      <div className="flex items-center gap-1.5">
        <code className="truncate font-mono text-[12px]">{value}</code>
        <CopyButton text={value} label={copyLabel} />
      </div>
    </div>
  );
}
