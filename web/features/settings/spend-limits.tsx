import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import type { SpendLimit } from "../../api/openapi.ts";
import { apiKeysQuery } from "../../api/organization-queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { formatDollars } from "../../ui/format-money.ts";
import { Meter } from "../../ui/meter.tsx";
import { Money } from "../../ui/money.tsx";
import { TimeStamp } from "../../ui/time-stamp.tsx";
import { OWNER_ONLY, reasonOf, useSettingsChange } from "./settings-data.ts";
import { SpendLimitDialog } from "./spend-limit-dialog.tsx";
import { isSameLimit, limitState, periodName, scopeName, withoutLimit } from "./spend-limit-words.ts";

type Editing = { kind: "add" } | { kind: "edit" | "remove"; limit: SpendLimit };

/** What may be spent a day or a month, and how much of it is used so far. */
export function SpendLimits({ limits }: { limits: SpendLimit[] }) {
  const { role } = useOrganization();
  const [editing, setEditing] = useState<Editing | null>(null);
  const reason = role === "owner" ? null : OWNER_ONLY;
  const keyName = useKeyName(limits.some(({ scope }) => scope === "api_key"));
  const close = () => setEditing(null);
  return (
    <Card
      title="Spend limits"
      subtitle="At 80 % an email warns. At 100 % new calls are refused and running ones end with what they were granted."
      actions={
        <Button
          icon={Plus}
          size="small"
          blockedReason={reason}
          onClick={() => setEditing({ kind: "add" })}
          className="max-md:flex-1"
        >
          Add limit
        </Button>
      }
    >
      {limits.length === 0 ? (
        <p className="border-t border-edge px-5 py-10 text-center text-ink-2">
          No spend limits. Calls are bounded by the balance alone.
        </p>
      ) : (
        <ul>
          {limits.map((limit) => (
            <LimitRow
              key={`${limit.scope}:${limit.period}:${limit.subject}`}
              limit={limit}
              name={limit.scope === "api_key" ? keyName(limit.subject) : scopeName(limit)}
              reason={reason}
              onEdit={() => setEditing({ kind: "edit", limit })}
              onRemove={() => setEditing({ kind: "remove", limit })}
            />
          ))}
        </ul>
      )}
      {editing?.kind === "remove" && <RemoveLimit limit={editing.limit} onClose={close} />}
      {editing && editing.kind !== "remove" && (
        <SpendLimitDialog present={editing.kind === "edit" ? editing.limit : null} onClose={close} />
      )}
    </Card>
  );
}

/** Says an API key by its name, once the names are known. */
function useKeyName(isNeeded: boolean): (keyId: string | null) => string {
  const { id } = useOrganization();
  const { data: keys = [] } = useQuery({ ...apiKeysQuery(id), enabled: isNeeded });
  return (keyId) => `API key ${keys.find((key) => key.id === keyId)?.name ?? keyId}`;
}

interface LimitRowProps {
  limit: SpendLimit;
  /** Whom it is for. */
  name: string;
  reason: string | null;
  onEdit(): void;
  onRemove(): void;
}

function LimitRow({ limit, name: whom, reason, onEdit, onRemove }: LimitRowProps) {
  const used = limit.spent + limit.held;
  const name = `${whom}, ${periodName(limit)}`;
  const { tone, word } = limitState(limit);
  return (
    <li className="flex items-center gap-x-6 gap-y-3 border-t border-hair px-5 py-3.5 first:border-edge max-md:flex-wrap max-md:px-4">
      <div className="min-w-0 flex-1 max-md:basis-full">
        <p className="flex flex-wrap items-center gap-x-2 font-[550] break-words">
          {whom} {word && <Badge tone={tone === "danger" ? "red" : "amber"}>{word}</Badge>}
        </p>
        <p className="type-caption text-ink-3">
          {formatDollars(limit.limit)} {periodName(limit)} (UTC)
        </p>
      </div>
      <div className="w-[21rem] max-md:w-full">
        <Meter label={`Used of ${name}`} share={limit.limit > 0 ? used / limit.limit : 1} tone={tone} />
        <p className="type-caption mt-1.5 flex flex-wrap justify-between gap-x-3 text-ink-2">
          <span>
            <Money credits={limit.spent} decimals={2} /> used
            {limit.held > 0 && (
              <>
                , <Money credits={limit.held} decimals={2} /> held
              </>
            )}
          </span>
          <span className="text-ink-3">
            until <TimeStamp instant={limit.resets_at} plain />
          </span>
        </p>
      </div>
      <div className="flex gap-2 max-md:w-full max-md:[&>*]:flex-1">
        <Button size="small" blockedReason={reason} onClick={onEdit} aria-label={`Edit ${name}`}>
          Edit
        </Button>
        <Button
          size="small"
          look="danger"
          blockedReason={reason}
          onClick={onRemove}
          aria-label={`Remove ${name}`}
        >
          Remove
        </Button>
      </div>
    </li>
  );
}

function RemoveLimit({ limit, onClose }: { limit: SpendLimit; onClose(): void }) {
  const removing = useSettingsChange(onClose);
  return (
    <ConfirmDialog
      title="Remove this spend limit?"
      text={`${scopeName(limit)} may then spend as much as the balance allows, unless another limit holds.`}
      action="Remove limit"
      busy={removing.isPending}
      problem={reasonOf(removing.error)}
      onConfirm={() =>
        removing.mutate(({ spend_limits }) => ({
          spend_limits: withoutLimit(spend_limits, (other) => isSameLimit(other, limit)),
        }))
      }
      onClose={onClose}
    />
  );
}
