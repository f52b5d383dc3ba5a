import { expect, test } from "vitest";
import { killAtRandomPoints } from "./kill-points.ts";

// Two hundred points are npm run soak; these few see to it that each change meets some.
test("10 kill points of services, one of PostgreSQL, lose nothing acknowledged and double nothing", async () => {
  const figures = await killAtRandomPoints({ seed: 20, kills: 10 });
  expect(figures.serverKills).toBe(1);
  expect(figures.acknowledged).toBeGreaterThan(100);
});
