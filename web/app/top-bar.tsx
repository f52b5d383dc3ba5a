import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Building2, ChevronsUpDown, Keyboard, LogOut, Menu as MenuIcon, Moon, Plus, Sun } from "lucide-react";
import { useOrganization } from "../api/active-organization.ts";
import { call } from "../api/call.ts";
import { meQuery } from "../api/queries.ts";
import type { Me } from "../api/records.ts";
import { formatTimeZone } from "../ui/format-time.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { MenuButton } from "../ui/menu-button.tsx";
import { roleName } from "../ui/role-name.ts";
import { showToast } from "../ui/toasts.tsx";
import { Brand } from "./brand.tsx";
import { chooseTheme, useTheme } from "./theme.ts";

/** Logo, organization, theme, and who is signed in. */
export function TopBar({ me, onMenu }: { me: Me; onMenu(): void }) {
  const { dark } = useTheme();
  return (
    <header className="sticky top-0 z-40 flex h-14 items-center border-b border-edge bg-surface px-5 max-md:px-2">
      <Link
        to="/billing"
        aria-label="Airtime, to Billing"
        className="w-[212px] rounded-lg max-lg:w-7 max-lg:overflow-hidden max-md:hidden"
      >
        <Brand />
      </Link>
      <IconButton icon={MenuIcon} label="Open the menu" onClick={onMenu} className="md:hidden" />
      <OrganizationSwitcher me={me} />
      <div className="ml-auto flex items-center gap-2.5">
        <IconButton
          icon={dark ? Sun : Moon}
          label={dark ? "Switch to light" : "Switch to dark"}
          onClick={() => chooseTheme(dark ? "light" : "dark")}
          className="max-sm:hidden"
        />
        <AccountMenu me={me} />
      </div>
    </header>
  );
}

function OrganizationSwitcher({ me }: { me: Me }) {
  const { id, name } = useOrganization();
  const client = useQueryClient();
  const navigate = useNavigate();
  const change = async (organizationId: string) => {
    if (organizationId === id) return;
    try {
      await call("POST /api/auth/organization/set-active", { body: { organizationId } });
      client.setQueryData(meQuery.queryKey, { ...me, active_organization_id: organizationId });
      await navigate({ to: ".", search: {} });
    } catch {
      showToast({ title: "The organization could not be changed", tone: "danger" });
    }
  };
  return (
    <MenuButton
      label={`Organization: ${name}. Change`}
      align="start"
      entries={[
        ...me.organizations.map((organization) => ({
          kind: "choice" as const,
          text: organization.name,
          detail: roleName(organization.role),
          chosen: organization.id === id,
          onSelect: () => void change(organization.id),
        })),
        { kind: "rule", id: "end" },
        {
          kind: "action",
          text: "New organization",
          icon: Plus,
          onSelect: () => void navigate({ to: "/organization", search: { new: true } }),
        },
      ]}
      className="flex h-9 max-w-60 min-w-0 items-center gap-2 rounded-[10px] border border-edge bg-surface pr-2.5 pl-1.5 text-[13.5px] font-medium transition-colors duration-[120ms] hover:bg-hover max-md:h-11 max-md:border-transparent md:max-lg:ml-12 lg:ml-8"
      face={
        <>
          <span className="inline-flex size-[26px] shrink-0 items-center justify-center rounded-md bg-selected text-brand">
            <Building2 size={15} strokeWidth={1.75} aria-hidden />
          </span>
          <span className="truncate">{name}</span>
          <ChevronsUpDown size={15} aria-hidden className="shrink-0 text-ink-3" />
        </>
      }
    />
  );
}

function AccountMenu({ me }: { me: Me }) {
  const { role } = useOrganization();
  const { choice } = useTheme();
  const signOut = useSignOut();
  return (
    <MenuButton
      label={`Account of ${me.user.name}`}
      align="end"
      entries={[
        { kind: "heading", text: me.user.name, detail: me.user.email },
        { kind: "rule", id: "theme" },
        { kind: "choice", text: "Light", chosen: choice === "light", onSelect: () => chooseTheme("light") },
        { kind: "choice", text: "Dark", chosen: choice === "dark", onSelect: () => chooseTheme("dark") },
        {
          kind: "choice",
          text: "As the system",
          chosen: choice === "system",
          onSelect: () => chooseTheme("system"),
        },
        { kind: "rule", id: "zone" },
        { kind: "heading", text: "Time zone", detail: formatTimeZone(new Date()) },
        { kind: "rule", id: "end" },
        {
          kind: "action",
          text: "Keyboard shortcuts",
          icon: Keyboard,
          onSelect: () => dispatchEvent(new Event("airtime:keys")),
        },
        { kind: "action", text: "Sign out", icon: LogOut, onSelect: () => void signOut() },
      ]}
      className="flex items-center gap-3 rounded-full text-right max-md:size-11 max-md:justify-center"
      face={
        <>
          <span className="max-md:hidden">
            <span className="block text-[13.5px] leading-[17px] font-medium">{me.user.name}</span>
            <span className="block text-[12px] leading-[15px] tracking-normal text-ink-3">
              {roleName(role)}
            </span>
          </span>
          <span className="brand-gradient inline-flex size-8 items-center justify-center rounded-full text-[12px] font-semibold tracking-normal text-white">
            {initialsOf(me.user.name)}
          </span>
        </>
      }
    />
  );
}

function useSignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await call("POST /api/auth/sign-out", { body: {} }).catch(() => undefined);
    await navigate({ to: "/sign-in" });
    client.clear();
  };
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => word?.charAt(0) ?? "",
  );
  return letters.join("").toUpperCase();
}
