import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { claimNotice } from "../../api/live/claim-notice.ts";
import type { CheckoutStatus } from "../../api/records.ts";
import { showToast } from "../../ui/toasts.tsx";

/** When a checkout turns out paid: reads balance and history again and says it once in the browser, even if the stream is cut. */
export function useCheckoutPaid(
  checkout: { status: CheckoutStatus; transaction_id: string | null } | undefined,
): void {
  const { id } = useOrganization();
  const client = useQueryClient();
  const paidBy = checkout?.status === "paid" ? (checkout.transaction_id ?? "unnamed") : null;
  useEffect(() => {
    if (paidBy === null) return;
    for (const key of ["summary", "history"]) void client.invalidateQueries({ queryKey: [key, id] });
    void claimNotice(paidBy, () =>
      showToast({ id: paidBy, title: "Credits added successfully!", tone: "success" }),
    );
  }, [client, id, paidBy]);
}
