import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useEffect } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { checkoutQuery } from "../../api/queries.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { useCheckoutPaid } from "./use-checkout-paid.ts";

/** After payment the browser comes back with `?checkout=ID`: waits for the credits and says when they are there.
 *  A checkout that is not known, has run out or was taken back leaves nothing behind. */
export function CheckoutReturn({ checkoutId }: { checkoutId: string | undefined }) {
  return checkoutId === undefined ? null : <Waiting key={checkoutId} checkoutId={checkoutId} />;
}

function Waiting({ checkoutId }: { checkoutId: string }) {
  const { id } = useOrganization();
  const navigate = useNavigate();
  const checkout = useQuery(checkoutQuery(id, checkoutId));
  const status = checkout.isError ? "unknown" : checkout.data?.status;
  useCheckoutPaid(checkout.data);
  useEffect(() => {
    if (status === undefined || status === "open") return;
    void navigate({
      to: "/billing",
      search: (now: object) => ({ ...now, checkout: undefined }),
      replace: true,
    });
  }, [status, navigate]);

  if (status !== "open") return null;
  const close = () =>
    navigate({ to: "/billing", search: (now: object) => ({ ...now, checkout: undefined }), replace: true });
  return (
    <div
      role="status"
      className="flex items-center gap-3 rounded-xl border border-edge bg-selected py-1.5 pr-2 pl-4 text-brand-strong"
    >
      <p className="flex-1">
        Waiting for payment confirmation. You can close this; credits arrive on their own.
      </p>
      <IconButton icon={X} label="Close" size={16} onClick={close} />
    </div>
  );
}
