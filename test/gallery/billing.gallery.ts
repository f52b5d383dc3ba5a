import { afterAll, afterEach, beforeAll, test } from "vitest";
import { PHONE, type Studio, startStudio } from "../e2e/studio.ts";
import { picture } from "./pictures.ts";

let studio: Studio;

beforeAll(async () => {
  studio = await startStudio();
  for (const [place, call] of CALLS.entries()) {
    const id = `gallery-${place}`;
    await studio.runtime.post("/api/billing/sessions", { session_id: id, ...call });
    await studio.runtime.post(`/api/billing/sessions/${id}/usage`, {
      seq: 1,
      duration_seconds: 252 - 60 * place,
    });
  }
});
afterEach(() => studio.closePages());
afterAll(() => studio.stop());

const CALLS = [
  { agent_id: "agent_7f3k2m", agent_name: "Front desk", architecture: "pipeline", session_type: "webcall" },
  {
    agent_id: "agent_p9x1aa",
    agent_name: "Claims intake",
    architecture: "realtime",
    session_type: "telephony",
  },
  { agent_id: "agent_22bbqz", agent_name: "Night line", architecture: "pipeline", session_type: "telephony" },
];

test.each([
  ["light", "desktop"],
  ["dark", "desktop"],
  ["light", "phone"],
  ["dark", "phone"],
] as const)("the page, %s, on a %s", async (colorScheme, device) => {
  const page = await studio.open("/billing?limit=10", {
    colorScheme,
    ...(device === "phone" ? { viewport: PHONE, hasTouch: true, isMobile: true } : {}),
  });
  await page.getByText("Showing 1 to 10").waitFor();
  await page.getByText("Running now").waitFor();
  await picture(page, `billing-${device}-${colorScheme}`);
});
