import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/storage/embedded-postgres/server-process.ts";
import { startTestService, type TestService } from "../setup/service.ts";
import { clientOf, cookieOf } from "./api-client.ts";

/** People reach it at this address; a proxy ends the encryption, and the service itself listens without. */
const BASE_URL = "https://studio.example";

let service: TestService;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  service = await startTestService({ PORT: String(port), AIRTIME_BASE_URL: BASE_URL });
});
afterAll(() => service.stop());

test("over https the session cookie is sent over nothing else, and seen by no script", async () => {
  const [owner] = service.demo.users;
  const signedIn = await clientOf(url).post("/api/auth/sign-in", {
    email: owner?.email,
    password: owner?.password,
  });
  const [cookie = ""] = signedIn.headers.getSetCookie();
  const [pair, ...attributes] = cookie.split("; ");
  expect(pair).toMatch(/^__Secure-airtime\.session_token=/);
  expect(attributes).toEqual(expect.arrayContaining(["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]));
  const browser = clientOf(url, { cookie: cookieOf(signedIn) });
  expect((await browser.get("/api/me")).body.user.email).toBe(owner?.email);
  const rename = (origin: string) => browser.post("/api/auth/update-user", { name: "Olivia" }, { origin });
  expect((await rename(BASE_URL)).status).toBe(200);
  expect((await rename("http://studio.example")).body.code).toBe("foreign_origin");
});

test("over https pages ask to be read over nothing else", async () => {
  const { headers } = await clientOf(url).get("/docs");
  expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("upgrade-insecure-requests");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toMatch(/frame-src [^;]*https:\/\/\*\.lemonsqueezy\.com/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
});
