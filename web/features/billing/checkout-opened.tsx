import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useEffect } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { checkoutQuery } from "../../api/queries.ts";
import type { Checkout } from "../../api/records.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { formatUntil } from "../../ui/format-time.ts";
import { useCheckoutPaid } from "./use-checkout-paid.ts";

interface CheckoutOpenedProps {
  checkout: Checkout;
  /** The browser did not let the tab open. */
  blocked: boolean;
  /** Called when the credits are there. */
  onPaid(): void;
}

/** The checkout is in a new tab, or was blocked: its link, and what happens next. Nothing here spins. */
export function CheckoutOpened({ checkout, blocked, onPaid }: CheckoutOpenedProps) {
  const { id } = useOrganization();
  const { data: state } = useQuery(checkoutQuery(id, checkout.checkout_id));
  useCheckoutPaid(state);
  const paid = state?.status === "paid";
  useEffect(() => {
    if (paid) onPaid();
  }, [paid, onPaid]);
  if (blocked) {
    return (
      <div
        role="alert"
        className="flex gap-3 rounded-xl border border-danger-edge bg-danger-weak p-4 text-danger-text"
      >
        <CircleAlert size={18} aria-hidden className="mt-px shrink-0" />
        <div className="min-w-0 flex-1">
          <p className="font-semibold">Your browser blocked the checkout window</p>
          <p>Open it with this link. It works until {formatUntil(checkout.expires_at, new Date())}.</p>
          <CheckoutLink url={checkout.checkout_url} />
        </div>
      </div>
    );
  }
  return (
    <div role="status" className="rounded-xl border border-edge bg-subtle p-4">
      <p className="font-semibold">The checkout is open in another tab</p>
      <p className="text-ink-2">
        Waiting for payment confirmation. You can close this; credits arrive on their own.
      </p>
      <CheckoutLink url={checkout.checkout_url} />
    </div>
  );
}

function CheckoutLink({ url }: { url: string }) {
  return (
    <div className="mt-3 flex gap-2">
      <a
        href={url}
        target="_blank"
        rel="noopener"
        className="min-w-0 flex-1 truncate rounded-lg border border-strong bg-surface px-3 py-[5px] font-mono text-[12px] text-ink"
      >
        {url}
      </a>
      <CopyButton text={url} label="Copy the checkout link" look="button" />
    </div>
  );
}
