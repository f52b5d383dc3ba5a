import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { parseAnalyticsSearch } from "../features/analytics/analytics-search.ts";
import { parseAuditSearch } from "../features/audit/audit-search.ts";
import { BillingPage } from "../features/billing/billing-page.tsx";
import { parseBillingSearch } from "../features/billing/billing-search.ts";
import { parseCallLogsSearch } from "../features/call-logs/call-logs-search.ts";
import { parseReturn } from "../features/sign-in/return-path.ts";
import { parseSignUp } from "../features/sign-in/sign-up-search.ts";
import { Button } from "../ui/button.tsx";
import { Toasts } from "../ui/toasts.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: parseReturn,
  component: lazyRouteComponent(() => import("../features/sign-in/sign-in-page.tsx"), "SignInPage"),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  validateSearch: parseSignUp,
  component: lazyRouteComponent(() => import("../features/sign-in/sign-up-page.tsx"), "SignUpPage"),
});

const studio = createRoute({ getParentRoute: () => root, id: "studio", component: Shell });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/billing", replace: true });
  },
});

const billing = createRoute({
  getParentRoute: () => studio,
  path: "/billing",
  validateSearch: parseBillingSearch,
  component: BillingPage,
});

const callLogs = createRoute({
  getParentRoute: () => studio,
  path: "/call-logs",
  validateSearch: parseCallLogsSearch,
  component: lazyRouteComponent(() => import("../features/call-logs/call-logs-page.tsx"), "CallLogsPage"),
});

const analytics = createRoute({
  getParentRoute: () => studio,
  path: "/analytics",
  validateSearch: parseAnalyticsSearch,
  component: lazyRouteComponent(() => import("../features/analytics/analytics-page.tsx"), "AnalyticsPage"),
});

const apiKeys = createRoute({
  getParentRoute: () => studio,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("../features/api-keys/api-keys-page.tsx"), "ApiKeysPage"),
});

const organization = createRoute({
  getParentRoute: () => studio,
  path: "/organization",
  validateSearch: (search: Record<string, unknown>): { new?: boolean } =>
    search.new === true ? { new: true } : {},
  component: lazyRouteComponent(
    () => import("../features/organization/organization-page.tsx"),
    "OrganizationPage",
  ),
});

const settings = createRoute({
  getParentRoute: () => studio,
  path: "/settings",
  component: lazyRouteComponent(() => import("../features/settings/settings-frame.tsx"), "SettingsFrame"),
});

const alertsAndLimits = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: lazyRouteComponent(() => import("../features/settings/settings-page.tsx"), "SettingsPage"),
});

const webhooks = createRoute({
  getParentRoute: () => settings,
  path: "/webhooks",
  validateSearch: (search: Record<string, unknown>): { webhook?: string } =>
    typeof search.webhook === "string" ? { webhook: search.webhook } : {},
  component: lazyRouteComponent(() => import("../features/webhooks/webhooks-page.tsx"), "WebhooksPage"),
});

const statements = createRoute({
  getParentRoute: () => settings,
  path: "/statements",
  component: lazyRouteComponent(() => import("../features/statements/statements-page.tsx"), "StatementsPage"),
});

const statement = createRoute({
  getParentRoute: () => settings,
  path: "/statements/$month",
  component: lazyRouteComponent(() => import("../features/statements/statement-page.tsx"), "StatementPage"),
});

const audit = createRoute({
  getParentRoute: () => settings,
  path: "/audit",
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import("../features/audit/audit-page.tsx"), "AuditPage"),
});

const routeTree = root.addChildren([
  home,
  signIn,
  signUp,
  studio.addChildren([
    billing,
    callLogs,
    analytics,
    apiKeys,
    organization,
    settings.addChildren([alertsAndLimits, webhooks, statements, statement, audit]),
  ]),
]);

/** The page's addresses. */
export const router = createRouter({
  routeTree,
  scrollRestoration: true,
  defaultPreload: "intent",
  defaultErrorComponent: PageFailed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

let leaving = false;

/** Sends whoever is signed out to the sign-in page, and back here afterwards. Once, however many requests find out. */
export function goToSignIn(): void {
  const { pathname, href } = router.state.location;
  if (leaving || pathname === "/sign-in" || pathname === "/sign-up") return;
  leaving = true;
  void router
    .navigate({ to: "/sign-in", search: href === "/billing" ? {} : { return: href }, replace: true })
    .finally(() => {
      leaving = false;
    });
}

function Root() {
  return (
    <>
      <Outlet />
      <Toasts />
    </>
  );
}

/** A part of the page failed, most often because its code could not be fetched: no network, or a newer release. */
function PageFailed() {
  return (
    <div
      role="alert"
      className="flex min-h-[60dvh] flex-col items-center justify-center gap-3 p-6 text-center"
    >
      <h1 className="type-title">This page could not be shown</h1>
      <p className="text-ink-2">Check your connection, then load it again.</p>
      <Button onClick={() => location.reload()}>Reload</Button>
    </div>
  );
}

function NotFound() {
  return (
    <main className="flex min-h-[60dvh] flex-col items-center justify-center gap-3 p-6 text-center">
      <h1 className="type-title">There is no such page</h1>
      <Link to="/billing" className="font-[550] text-brand hover:underline">
        Go to Billing & Credits
      </Link>
    </main>
  );
}
