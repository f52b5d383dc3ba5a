import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowRight, Lock } from "lucide-react";
import { useEffect, useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import { ApiProblem } from "../../api/http.ts";
import { defaultRateQuery, packagesQuery, summaryQuery } from "../../api/queries.ts";
import type { Checkout, CreditPackage } from "../../api/records.ts";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { formatDollars } from "../../ui/format-money.ts";
import { Notice } from "../../ui/notice.tsx";
import { CheckoutOpened } from "./checkout-opened.tsx";
import { loadOverlay, openCheckout } from "./open-checkout.ts";
import { PackageChoice } from "./package-choice.tsx";

interface AddCreditsDialogProps {
  /** The variant to begin with; null, or one that is not on sale, for the usual one. */
  preferred: string | null;
  onClose(): void;
  /** The buyer has paid in the overlay; the page then waits for the credits of this checkout. */
  onPaid(checkoutId: string): void;
}

type Stage = { kind: "choosing" } | { kind: "tab" | "blocked"; checkout: Checkout };

/** Add Credits: choose a package, go to the checkout. */
export default function AddCreditsDialog(props: AddCreditsDialogProps) {
  const { onClose, preferred } = props;
  const { id } = useOrganization();
  const packages = useQuery(packagesQuery(id));
  const [picked, setPicked] = useState(preferred);
  const { buying, stage } = useBuying(packages.data?.overlay_script_url, props);
  const offers = packages.data?.data ?? [];
  const offer = offers.find(({ variant_id }) => String(variant_id) === picked) ?? middleOffer(offers);
  const choosing = stage.kind === "choosing";
  return (
    <Dialog
      wide
      title="Add Credits"
      subtitle="1 credit = 1.00 USD. Purchased credits do not expire."
      onClose={onClose}
      footer={
        <Footer
          offer={choosing ? offer : undefined}
          busy={buying.isPending}
          onClose={onClose}
          onContinue={() => offer && buying.mutate(offer.variant_id)}
        />
      }
    >
      {stage.kind !== "choosing" && (
        <CheckoutOpened checkout={stage.checkout} blocked={stage.kind === "blocked"} onPaid={onClose} />
      )}
      {packages.isPending && <PackagesLoading />}
      {packages.isError && (
        <Notice tone="danger">The packages could not be loaded. Please try again later.</Notice>
      )}
      {choosing && offer && <Choice offers={offers} offer={offer} onChoose={setPicked} />}
      {choosing && buying.isError && <BuyingFailed error={buying.error} />}
    </Dialog>
  );
}

/** Starts a checkout and opens it: over the page, in a new tab, or as a link where both fail. */
function useBuying(scriptUrl: string | null | undefined, { onClose, onPaid }: AddCreditsDialogProps) {
  const { id } = useOrganization();
  const [stage, setStage] = useState<Stage>({ kind: "choosing" });
  useEffect(() => {
    // Ready by the time a package is chosen, so that the click itself may open a tab if there is no overlay.
    void loadOverlay(scriptUrl);
  }, [scriptUrl]);
  const buying = useMutation({
    mutationFn: (variantId: CreditPackage["variant_id"]) =>
      call("POST /api/billing/checkout", { body: { variant_id: variantId, organization_id: id } }),
    onSuccess: async (checkout) => {
      const overlay = await loadOverlay(scriptUrl);
      const opening = openCheckout(checkout.checkout_url, overlay, () => onPaid(checkout.checkout_id));
      if (opening === "overlay") onClose();
      else setStage({ kind: opening, checkout });
    },
  });
  return { buying, stage };
}

/** The one offered first: the third of four, the best known trade of price and size, else the middle. */
function middleOffer(offers: CreditPackage[]): CreditPackage | undefined {
  return offers[Math.floor(offers.length / 2)];
}

function Choice({
  offers,
  offer,
  onChoose,
}: {
  offers: CreditPackage[];
  offer: CreditPackage;
  onChoose(id: string): void;
}) {
  const { id } = useOrganization();
  const rate = useQuery(defaultRateQuery(id));
  const { data: summary } = useQuery(summaryQuery(id));
  const saved = offer.credits - offer.price;
  return (
    <>
      <PackageChoice
        packages={offers}
        chosen={String(offer.variant_id)}
        ratePerMinute={rate.data ?? null}
        onChoose={onChoose}
      />
      {summary && (
        <dl className="mt-4 flex items-center gap-6 rounded-xl border border-edge bg-subtle px-4 py-3 max-sm:gap-3">
          <Figure name="Balance now" value={formatDollars(summary.balance)} />
          <Figure name="After payment" value={formatDollars(summary.balance + offer.credits)} arrow />
          {saved > 0 && (
            <Figure
              name="You save"
              value={formatDollars(saved)}
              className="ml-auto text-right text-success"
            />
          )}
        </dl>
      )}
      <ol className="mt-4 grid grid-cols-3 gap-4 max-sm:grid-cols-1 max-sm:gap-2">
        <Step place={1} title="Pay" text="Checkout opens over this page. Tax, if any, is shown there." />
        <Step
          place={2}
          title="We confirm"
          text="The signed payment notice adds the credits, usually in seconds."
        />
        <Step
          place={3}
          title="Done"
          text="Balance and history update here. The receipt goes to your email."
        />
      </ol>
    </>
  );
}

interface FigureProps {
  name: string;
  value: string;
  className?: string;
  /** An arrow in front: this comes of the one before. */
  arrow?: boolean;
}

function Figure({ name, value, className, arrow = false }: FigureProps) {
  return (
    <div className={classNames("relative", arrow && "pl-10 max-sm:pl-7", className)}>
      {/* Inside the entry: a list of facts may hold nothing else. */}
      {arrow && (
        <ArrowRight size={17} aria-hidden className="absolute top-1/2 left-0 -translate-y-1/2 text-ink-3" />
      )}
      <dt className="type-caption text-ink-2">{name}</dt>
      <dd className="figures text-[17px] leading-6 font-semibold">{value}</dd>
    </div>
  );
}

function Step({ place, title, text }: { place: number; title: string; text: string }) {
  return (
    <li className="flex gap-3">
      <span className="figures inline-flex size-5 shrink-0 items-center justify-center rounded-full bg-selected text-[11.5px] font-semibold text-brand-strong">
        {place}
      </span>
      <div>
        <div className="text-[13px] leading-5 font-semibold">{title}</div>
        <p className="text-[12.5px] leading-[18px] text-ink-2">{text}</p>
      </div>
    </li>
  );
}

interface FooterProps {
  offer: CreditPackage | undefined;
  busy: boolean;
  onClose(): void;
  onContinue(): void;
}

function Footer({ offer, busy, onClose, onContinue }: FooterProps) {
  return (
    <div className="flex items-center justify-between gap-3">
      <p className="flex items-center gap-2 text-[13px] text-ink-2 max-sm:hidden">
        <Lock size={15} aria-hidden /> Card details never reach Airtime
      </p>
      <div className="flex gap-2.5 max-sm:w-full">
        <Button size="large" onClick={onClose}>
          {offer ? "Cancel" : "Close"}
        </Button>
        {offer && (
          <Button look="add" size="large" busy={busy} onClick={onContinue} className="max-sm:flex-1">
            {busy ? "Opening" : "Continue to checkout"}
            <span className="figures ml-0.5 border-l border-white/40 pl-2.5">
              {formatDollars(offer.price)}
            </span>
          </Button>
        )}
      </div>
    </div>
  );
}

function BuyingFailed({ error }: { error: Error }) {
  const owner = error instanceof ApiProblem && error.code === "owner_only";
  return (
    <div className="mt-4">
      <Notice tone="danger">
        <p className="font-semibold">
          {owner ? "Only the Owner can buy credits" : "The checkout could not be opened"}
        </p>
        <p>Nothing was charged. {owner ? "" : "Please try again in a moment."}</p>
      </Notice>
    </div>
  );
}

function PackagesLoading() {
  return (
    <div
      aria-busy="true"
      role="status"
      aria-label="Loading packages"
      className="grid grid-cols-2 gap-3 max-sm:grid-cols-1"
    >
      {[1, 2, 3, 4].map((place) => (
        <div key={place} className="skeleton h-[104px] !rounded-xl" />
      ))}
    </div>
  );
}
