import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { useOrganization } from "../../api/active-organization.ts";
import { ApiProblem } from "../../api/http.ts";
import { receiptQuery } from "../../api/queries.ts";

/** The payment provider's receipt. Its links end, so the service is asked for one that is good now. */
export function ReceiptLink({ transactionId }: { transactionId: string }) {
  const { id } = useOrganization();
  const receipt = useQuery(receiptQuery(id, transactionId));
  if (receipt.isPending) return <div className="skeleton h-5 w-28" aria-busy />;
  if (receipt.isError) {
    // No receipt is no mishap: a purchase may be older than the provider's memory.
    if (receipt.error instanceof ApiProblem && receipt.error.status === 404) return null;
    return (
      <p className="text-[13px] text-ink-2">
        The receipt can't be fetched right now.{" "}
        <button
          type="button"
          onClick={() => void receipt.refetch()}
          className="rounded-md font-[550] text-brand hover:underline"
        >
          Try again
        </button>
      </p>
    );
  }
  return (
    <a
      href={receipt.data}
      target="_blank"
      rel="noopener noreferrer"
      className="inline-flex w-fit items-center gap-1.5 rounded-md font-[550] text-brand hover:underline"
    >
      View receipt <ExternalLink size={14} aria-hidden />
    </a>
  );
}
