import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import type { ApiKey } from "../../api/openapi.ts";
import { apiKeysQuery } from "../../api/organization-queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { TimeStamp } from "../../ui/time-stamp.tsx";
import { showToast } from "../../ui/toasts.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { NewKeyDialog } from "./new-key-dialog.tsx";

/** The organization's API keys: what each may do, when it was last used; new ones, and revoking. */
export function ApiKeysPage() {
  const { role } = useOrganization();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const { keys, reread } = useApiKeys();
  usePageTitle("API Keys");
  const reason = role === "member" ? "Only the Owner and Admins manage API keys." : null;
  // What still works comes first.
  const rows = (keys.data ?? []).toSorted(
    (one, other) => Number(one.revoked_at !== null) - Number(other.revoked_at !== null),
  );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="API Keys"
        subtitle="What your voice runtime and your tools sign in with"
        actions={
          <Button
            look="brand"
            size="large"
            icon={Plus}
            blockedReason={reason}
            onClick={() => setCreating(true)}
          >
            New key
          </Button>
        }
      />
      <Card
        title="Keys"
        subtitle="A key is shown once, when it is created. To change one over, create the new key first, then revoke the old one."
      >
        <ListState
          pending={keys.isPending}
          failed={keys.isError && keys.data === undefined}
          empty={rows.length === 0}
          noun="API keys"
          emptyText="No keys yet. Create one for your voice runtime, with the scope charge."
          onRetry={() => void keys.refetch()}
        />
        <ul>
          {rows.map((row) => (
            <KeyRow key={row.id} row={row} reason={reason} onRevoke={() => setRevoking(row)} />
          ))}
        </ul>
      </Card>
      {creating && <NewKeyDialog onClose={() => setCreating(false)} onCreated={reread} />}
      {revoking && <RevokeDialog apiKey={revoking} onRevoked={reread} onClose={() => setRevoking(null)} />}
    </div>
  );
}

function useApiKeys() {
  const { id } = useOrganization();
  const client = useQueryClient();
  const keys = useQuery(apiKeysQuery(id));
  return { keys, reread: () => void client.invalidateQueries({ queryKey: apiKeysQuery(id).queryKey }) };
}

interface RevokeDialogProps {
  apiKey: ApiKey;
  onRevoked(): void;
  onClose(): void;
}

function RevokeDialog({ apiKey, onRevoked, onClose }: RevokeDialogProps) {
  const { id } = useOrganization();
  const revoking = useMutation({
    mutationFn: () =>
      call("DELETE /api/organizations/{id}/api-keys/{key_id}", { path: { id, key_id: apiKey.id } }),
    onSuccess: () => {
      showToast({ title: "API key revoked", detail: apiKey.name });
      onRevoked();
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Revoke ${apiKey.name}?`}
      text="Whoever uses this key is refused from now on. Running calls can't report with it any more. This can't be undone."
      action="Revoke key"
      busy={revoking.isPending}
      problem={revoking.error?.message}
      onConfirm={() => revoking.mutate()}
      onClose={onClose}
    />
  );
}

function KeyRow({ row, reason, onRevoke }: { row: ApiKey; reason: string | null; onRevoke(): void }) {
  return (
    <li className="flex items-center gap-4 border-t border-hair px-5 py-3 max-md:flex-wrap max-md:px-4">
      <div className="min-w-0 flex-1 max-md:basis-full">
        <div className="flex flex-wrap items-center gap-2 font-[550]">
          {row.name}
          {row.scopes.map((scope) => (
            <Badge key={scope} tone="brand">
              {scope}
            </Badge>
          ))}
        </div>
        <code className="font-mono text-[12px] text-ink-3">{row.prefix}…</code>
      </div>
      <div className="type-caption leading-[18px] text-ink-2 md:text-right">
        <div>
          Created <TimeStamp instant={row.created_at} />
        </div>
        <div>
          {row.last_used_at ? (
            <>
              Used <TimeStamp instant={row.last_used_at} />
            </>
          ) : (
            "Never used"
          )}
        </div>
      </div>
      <div className="flex w-24 justify-end max-md:ml-auto">
        {row.revoked_at ? (
          <Badge tone="gray">Revoked</Badge>
        ) : (
          <Button
            size="small"
            look="danger"
            blockedReason={reason}
            onClick={onRevoke}
            aria-label={`Revoke ${row.name}`}
          >
            Revoke
          </Button>
        )}
      </div>
    </li>
  );
}
