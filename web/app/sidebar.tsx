import { useQuery } from "@tanstack/react-query";
import { PanelLeft } from "lucide-react";
import { useState } from "react";
import { useOrganization } from "../api/active-organization.ts";
import { pricingQuery } from "../api/queries.ts";
import { classNames } from "../ui/class-names.ts";
import { formatDay, formatTimeZone } from "../ui/format-time.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { useMedia } from "../ui/use-media.ts";
import { NavItems } from "./nav-items.tsx";

const STORAGE_KEY = "airtime-sidebar";

/** The Studio's pages at the left; icons only below 1024 px or by choice, absent on phones (there the drawer). */
export function Sidebar() {
  const narrow = useMedia("(width < 1024px)");
  const [folded, setFolded] = useState(() => localStorage.getItem(STORAGE_KEY) === "folded");
  const icons = narrow || folded;
  const toggle = () => {
    localStorage.setItem(STORAGE_KEY, folded ? "open" : "folded");
    setFolded(!folded);
  };
  return (
    <aside
      className={classNames(
        "sticky top-14 flex h-[calc(100dvh-56px)] shrink-0 flex-col border-r border-edge bg-surface max-md:hidden",
        icons ? "w-16" : "w-[232px]",
      )}
    >
      <div
        className={classNames(
          "flex items-center justify-between pt-3 pb-2",
          icons ? "px-3.5" : "pr-2.5 pl-[22px]",
        )}
      >
        {!icons && <h2 className="text-[14px] font-semibold text-brand">Studio</h2>}
        {!narrow && (
          <IconButton
            icon={PanelLeft}
            size={16}
            label={folded ? "Show the names" : "Show icons only"}
            aria-pressed={folded}
            onClick={toggle}
            className="!size-8"
          />
        )}
      </div>
      <NavItems icons={icons} />
      {!icons && <NavFooter />}
    </aside>
  );
}

/** What the page's numbers go by: the prices in force, and the time zone of its times. */
export function NavFooter() {
  const { id } = useOrganization();
  const { data: pricing } = useQuery(pricingQuery(id));
  return (
    <div className="type-small mt-auto flex flex-col border-t border-edge px-[22px] py-3.5 leading-[18px] text-ink-3">
      {pricing && (
        <span>
          Price book v{pricing.version}
          <br />
          In force since {formatDay(pricing.effective_from)}
        </span>
      )}
      <span>Times in {formatTimeZone(new Date())}</span>
    </div>
  );
}
