import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { bearer, clientOf } from "../http/api-client.ts";
import { launchBrowser } from "../setup/browser.ts";
import { type DemoProcess, startDemoProcess } from "./demo-process.ts";

type Role = "owner" | "admin" | "member";

/** A demo of its own and a browser to look at it with. Each person signs in once: sign-ins are limited by the minute. */
export async function startStudio(): Promise<Studio> {
  const [service, browser] = await Promise.all([startDemoProcess(), launchBrowser()]);
  const cookies = new Map<Role, Awaited<ReturnType<BrowserContext["storageState"]>>>();
  const contexts = new Set<BrowserContext>();

  async function signedIn(role: Role) {
    const known = cookies.get(role);
    if (known !== undefined) return known;
    const person = service.demo.users.find((user) => user.role === role);
    if (person === undefined) throw new Error(`the demo has no ${role}`);
    const context = await browser.newContext();
    const { email, password } = person;
    await context.request.post(`${service.baseUrl}/api/auth/sign-in/email`, { data: { email, password } });
    const state = await context.storageState();
    await context.close();
    cookies.set(role, state);
    return state;
  }

  const studio: Studio = {
    service,
    browser,
    runtime: clientOf(service.baseUrl, bearer(service.demo.api_key)),
    operator: clientOf(service.baseUrl, bearer(service.demo.operator_key)),
    async context(role, options = {}) {
      const context = await browser.newContext({
        viewport: DESKTOP,
        baseURL: service.baseUrl,
        permissions: ["clipboard-read", "clipboard-write"],
        ...(role === null ? {} : { storageState: await signedIn(role) }),
        ...options,
      });
      contexts.add(context);
      return context;
    },
    async open(path = "/billing", { role = "owner", ...options } = {}) {
      const page = await (await studio.context(role, options)).newPage();
      await page.goto(path);
      return page;
    },
    async closePages() {
      await Promise.all([...contexts].map((context) => context.close()));
      contexts.clear();
    },
    async stop() {
      await browser.close();
      await service.stop();
    },
  };
  return studio;
}

export const DESKTOP = { width: 1440, height: 1024 };
export const PHONE = { width: 375, height: 812 };

export type Studio = {
  readonly service: DemoProcess;
  readonly browser: Browser;
  /** Asks as the voice runtime. */
  readonly runtime: ReturnType<typeof clientOf>;
  readonly operator: ReturnType<typeof clientOf>;
  context(role: Role | null, options?: BrowserContextOptions): Promise<BrowserContext>;
  /** A page of a new window, signed in as the Owner unless another role or none (null) is named. */
  open(path?: string, options?: BrowserContextOptions & { role?: Role | null }): Promise<Page>;
  closePages(): Promise<void>;
  stop(): Promise<void>;
};
