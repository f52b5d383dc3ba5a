import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bearer, clientOf, signUp } from "../http/api-client.ts";
import { overflowOf, violationsOf } from "./axe.ts";
import { expectBlocked } from "./blocked.ts";
import { changeAnswer, failAnswer } from "./page-states.ts";
import { PHONE, type Studio, startStudio } from "./studio.ts";

/** API Keys and Organization: who and what may act for an organization. */

let studio: Studio;

beforeAll(async () => {
  studio = await startStudio();
});
afterEach(() => studio.closePages());
afterAll(() => studio.stop());

const rowOf = (page: Page, text: string) =>
  page.getByRole("main").getByRole("listitem").filter({ hasText: text });
const toastOf = (page: Page, text: string) => page.locator("[data-sonner-toast]", { hasText: text });

test("a key is created with its scopes, shown once, works within them, and not any more when revoked", async () => {
  const page = await studio.open("/api-keys", { role: "admin" });
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await dialog.getByText("Give the key a name.").waitFor();
  await dialog.getByLabel("Name").fill("reporting");
  await dialog.getByLabel(/^charge/).uncheck();
  await dialog.getByRole("button", { name: "Create key" }).click();
  await dialog.getByText("Choose at least one scope.").waitFor();
  await dialog.getByLabel(/^read/).check();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const key = await dialog.getByText(/^air_/).innerText();
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await page.getByText(key).count()).toBe(0);

  const client = clientOf(studio.service.baseUrl, bearer(key));
  expect((await client.get("/api/billing/summary")).status).toBe(200);
  expect((await client.post("/api/billing/sessions", { agent_id: "a", architecture: "text" })).status).toBe(
    403,
  );
  await page.reload();
  const row = rowOf(page, "reporting");
  await row.getByText("Used").waitFor();
  await row.getByRole("button", { name: "Revoke reporting" }).click();
  await dialog.getByRole("button", { name: "Revoke key" }).click();
  await row.getByText("Revoked", { exact: true }).waitFor();
  expect((await client.get("/api/billing/summary")).status).toBe(401);
});

test("a Member sees keys and members, and why neither can be changed", async () => {
  const page = await studio.open("/api-keys", { role: "member" });
  await rowOf(page, "voice-runtime").waitFor();
  await expectBlocked(page, "New key", "Only the Owner and Admins manage API keys.");
  await expectBlocked(page, "Revoke voice-runtime", "Only the Owner and Admins manage API keys.");
  await page.goto("/organization");
  await rowOf(page, "olivia@").waitFor();
  await expectBlocked(page, "Add", "Only the Owner and Admins manage members.");
  expect(await page.getByRole("button", { name: /^Remove/ }).count()).toBe(0);
  await rowOf(page, "(you)").getByRole("button", { name: "Leave" }).waitFor();
});

test("the Owner can't leave, and is told what to do first", async () => {
  const page = await studio.open("/organization");
  await rowOf(page, "(you)").waitFor();
  await expectBlocked(page, "Leave", "An organization needs its Owner. Make somebody else Owner first.");
});

test("who is invited joins on signing up; whoever has an account is added at once, changed, and removed", async () => {
  const page = await studio.open("/organization", { role: "admin" });
  const { email } = await signUp(studio.service.baseUrl, "Nora");
  await page.getByLabel("Add a person by email").fill("later@example.com");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await toastOf(page, "Invitation sent").waitFor();
  await rowOf(page, "later@example.com").getByText("Joins on signing up with this address").waitFor();
  await page.getByLabel("Add a person by email").fill(email);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await toastOf(page, "Member added").waitFor();
  const row = rowOf(page, email);
  await row.getByRole("combobox", { name: "Role of Nora" }).click();
  await page.getByRole("option", { name: "Admin" }).click();
  await toastOf(page, "Role changed").waitFor();
  const { body } = await studio.operator.get(
    `/api/organizations/${studio.service.demo.organization_id}/members`,
  );
  const nora = body.data.find((member: { email: string }) => member.email === email);
  expect(nora.role).toBe("admin");
  await row.getByRole("button", { name: "Remove Nora" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row.waitFor({ state: "detached" });
});

test("loading that fails can be tried again, an empty list says what to do, and axe finds nothing on a phone", async () => {
  const page = await (await studio.context("owner", { viewport: PHONE })).newPage();
  await failAnswer(page, "**/api/organizations/*/members");
  await page.goto("/organization");
  const alert = page.getByRole("alert").filter({ hasText: "Failed to load members" });
  await alert.waitFor();
  await page.unroute("**/api/organizations/*/members");
  await alert.getByRole("button", { name: "Try again" }).click();
  await rowOf(page, "(you)").waitFor();
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  expect(await violationsOf(page)).toEqual([]);
  await changeAnswer(page, "**/api/organizations/*/api-keys", (answer) => ({ ...answer, data: [] }));
  await page.goto("/api-keys");
  await page.getByText("No keys yet.").waitFor();
  expect(await violationsOf(page)).toEqual([]);
});

test("ownership goes to another member, and the former Owner can do no more than an Admin", async () => {
  const page = await studio.open("/organization");
  await page.getByRole("button", { name: "Make Adam Novak the Owner" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("You become an Admin and can no longer buy credits.").waitFor();
  await dialog.getByRole("button", { name: "Transfer ownership" }).click();
  await toastOf(page, "Adam Novak is the Owner now").waitFor();
  await rowOf(page, "adam@").getByText("Owner", { exact: true }).waitFor();
  await rowOf(page, "(you)").getByRole("button", { name: "Leave" }).waitFor();
  await expect.poll(() => page.getByRole("button", { name: /the Owner$/ }).count()).toBe(0);
});
