import type { CreditPackage } from "../../api/records.ts";
import { Badge } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { formatDollars, formatWholeDollars } from "../../ui/format-money.ts";
import { formatSpan } from "../../ui/format-time.ts";

/** Above this many hours even a package's minutes are told in days. */
const DAYS_FROM_HOURS = 1000;

interface PackageChoiceProps {
  packages: CreditPackage[];
  chosen: string;
  /** Credits a minute of the default call, or null when not known: then no time is told. */
  ratePerMinute: number | null;
  onChoose(variantId: string): void;
}

/** The packages as a radio group; arrows move the choice. */
export function PackageChoice({ packages, chosen, ratePerMinute, onChoose }: PackageChoiceProps) {
  return (
    <fieldset className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
      <legend className="sr-only">Package</legend>
      {packages.map((offer) => (
        <PackageCard
          key={offer.variant_id}
          offer={offer}
          picked={String(offer.variant_id) === chosen}
          ratePerMinute={ratePerMinute}
          onChoose={() => onChoose(String(offer.variant_id))}
        />
      ))}
    </fieldset>
  );
}

interface PackageCardProps {
  offer: CreditPackage;
  picked: boolean;
  ratePerMinute: number | null;
  onChoose(): void;
}

function PackageCard({ offer, picked, ratePerMinute, onChoose }: PackageCardProps) {
  const cheaper = offer.price < offer.credits;
  return (
    <label
      className={classNames(
        "block rounded-xl border px-4 py-3.5 transition-colors duration-[120ms]",
        "has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-focus",
        picked
          ? "border-brand bg-selected shadow-[inset_0_0_0_1px_var(--brand)]"
          : "border-strong hover:bg-hover",
      )}
    >
      <span className="flex items-center gap-2.5">
        <input
          type="radio"
          name="package"
          className="peer sr-only"
          checked={picked}
          onChange={onChoose}
          value={offer.variant_id}
        />
        <Radio picked={picked} />
        <span className="figures text-[20px] leading-6 font-bold tracking-[-0.02em]">
          {formatWholeDollars(offer.credits)}
        </span>
        <span className="figures flex-1 text-ink-2">{offer.credits.toLocaleString("en-US")} credits</span>
        {offer.discount_percent > 0 && <Badge tone="green">Save {offer.discount_percent}%</Badge>}
      </span>
      <span className="figures mt-2.5 block text-[14px] leading-5 text-ink-2">
        You pay <span className="ml-1 font-semibold text-ink">{formatDollars(offer.price)}</span>
        {cheaper && <s className="ml-2 text-ink-2">{formatDollars(offer.credits)}</s>}
      </span>
      {ratePerMinute && (
        <span className="type-caption mt-0.5 block text-ink-2">
          About {formatSpan((offer.credits / ratePerMinute) * 60, DAYS_FROM_HOURS)} of pipeline webcalls
        </span>
      )}
    </label>
  );
}

function Radio({ picked }: { picked: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "inline-flex size-[18px] shrink-0 items-center justify-center rounded-full",
        picked ? "bg-brand-solid" : "border-[1.5px] border-ring",
      )}
    >
      {picked && <span className="size-2 rounded-full bg-white" />}
    </span>
  );
}
