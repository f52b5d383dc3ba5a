import { useQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { ActiveOrganizationContext } from "../api/active-organization.ts";
import { claimNotice } from "../api/live/claim-notice.ts";
import { useLive } from "../api/live/use-live.ts";
import { meQuery } from "../api/queries.ts";
import type { Me } from "../api/records.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { dismissToasts, showToast } from "../ui/toasts.tsx";
import { Shortcuts } from "./shortcuts.tsx";
import { Sidebar } from "./sidebar.tsx";
import { TopBar } from "./top-bar.tsx";
import { toastTransaction } from "./transaction-toasts.ts";
import { useLinkedOrganization } from "./use-linked-organization.ts";

const NavDrawer = lazy(() => import("./nav-drawer.tsx"));
const FirstOrganization = lazy(() => import("../features/organization/first-organization.tsx"));

/** The Studio: top bar, sidebar, and the page inside. Everything below knows the active organization. */
export function Shell() {
  const me = useQuery(meQuery);
  const isChanging = useLinkedOrganization(me.data);
  if (me.isPending || (isChanging && !me.isError)) return <div aria-busy="true" className="min-h-dvh" />;
  if (me.isError) return <ShellFailed onRetry={() => void me.refetch()} />;
  const organization = activeOf(me.data);
  if (organization === undefined) {
    return (
      <Suspense>
        <FirstOrganization />
      </Suspense>
    );
  }
  return <Studio key={organization.id} me={me.data} organization={organization} />;
}

function activeOf({ organizations, active_organization_id }: Me): Me["organizations"][number] | undefined {
  return organizations.find(({ id }) => id === active_organization_id) ?? organizations[0];
}

function Studio({ me, organization }: { me: Me; organization: Me["organizations"][number] }) {
  const live = useLive(organization.id, toastTransaction);
  const [drawerOpen, setDrawerOpen] = useState(false);
  usePausedToast(live === "reconnecting");
  const active = useMemo(() => ({ ...organization, user: me.user, live }), [organization, me.user, live]);
  return (
    <ActiveOrganizationContext value={active}>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-surface focus:px-4 focus:py-2 focus:font-semibold"
      >
        Skip to content
      </a>
      <TopBar me={me} onMenu={() => setDrawerOpen(true)} />
      <div className="flex">
        <Sidebar />
        <main
          id="content"
          tabIndex={-1}
          className="min-w-0 flex-1 px-8 py-6 outline-none max-md:px-4 max-md:py-5"
        >
          <div className="mx-auto max-w-[1280px]">
            <Suspense fallback={<div aria-busy="true" className="min-h-96" />}>
              <Outlet />
            </Suspense>
          </div>
        </main>
      </div>
      <Shortcuts />
      {drawerOpen && (
        <Suspense>
          <NavDrawer onClose={() => setDrawerOpen(false)} />
        </Suspense>
      )}
    </ActiveOrganizationContext>
  );
}

/** A blink of the line is not worth a word. */
const PAUSED_AFTER_MS = 3000;

function usePausedToast(paused: boolean): void {
  useEffect(() => {
    if (!paused) return;
    const timer = setTimeout(() => {
      void claimNotice("live-paused", () =>
        showToast({
          id: "live-paused",
          title: "Live updates paused",
          detail: "Reconnecting. Refreshing every 30 seconds.",
          tone: "warning",
          icon: TriangleAlert,
        }),
      );
    }, PAUSED_AFTER_MS);
    return () => {
      clearTimeout(timer);
      dismissToasts(["live-paused"]);
    };
  }, [paused]);
}

function ShellFailed({ onRetry }: { onRetry(): void }) {
  return (
    <main className="mx-auto max-w-lg p-6">
      <Notice
        tone="danger"
        action={
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        <p className="font-semibold">Airtime can't be reached</p>
        <p>Please try again later</p>
      </Notice>
    </main>
  );
}
