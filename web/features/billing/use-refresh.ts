import { useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { showToast } from "../../ui/toasts.tsx";

const KEYS = ["summary", "history", "active-sessions"];

/** Reads the page's numbers again on demand, by button or by the key R; the table stays while it does. A toast says when it is done. */
export function useRefresh(organizationId: string): { refreshing: boolean; refresh(): void } {
  const client = useQueryClient();
  const [refreshing, setRefreshing] = useState(false);
  const refresh = useCallback(async () => {
    setRefreshing(true);
    await Promise.all(
      KEYS.map((key) => client.refetchQueries({ queryKey: [key, organizationId], type: "active" })),
    );
    setRefreshing(false);
    const history = client.getQueryCache().findAll({ queryKey: ["history", organizationId], type: "active" });
    // The red alert in the table's place says it when it failed.
    if (history.some((query) => query.state.status === "error")) return;
    showToast({ id: "refreshed", title: "Transaction history refreshed", icon: RefreshCw });
  }, [client, organizationId]);

  useEffect(() => {
    const onShortcut = () => void refresh();
    addEventListener("airtime:refresh", onShortcut);
    return () => removeEventListener("airtime:refresh", onShortcut);
  }, [refresh]);
  return { refreshing, refresh: () => void refresh() };
}
