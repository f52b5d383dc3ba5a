import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../api/active-organization.ts";
import { defaultRateQuery, packagesQuery } from "../../api/queries.ts";
import type { Summary } from "../../api/records.ts";
import { Notice } from "../../ui/notice.tsx";
import { AddCreditsButton } from "./add-credits-button.tsx";
import { bannerText } from "./banner-text.ts";

/** Low balance, zero or grace: one at a time, not dismissible while true. */
export function BalanceBanner({ summary }: { summary: Summary }) {
  const { id } = useOrganization();
  const needed = summary.status !== "ok";
  const packages = useQuery({ ...packagesQuery(id), enabled: needed });
  const rate = useQuery({ ...defaultRateQuery(id), enabled: needed });
  const credits = packages.data?.data.map((offer) => offer.credits) ?? [];
  const text = bannerText(summary, {
    defaultRate: rate.data ?? null,
    smallestPackage: credits.length > 0 ? Math.min(...credits) : null,
  });
  if (text === null) return null;
  return (
    <Notice tone={text.tone} action={<AddCreditsButton size="small" ownerName={summary.owner_name} />}>
      <strong className="font-semibold">{text.fact}</strong> {text.consequence}
    </Notice>
  );
}
