import { expect, test } from "vitest";
import { createAnnouncements } from "./announcements.ts";

function listen() {
  const said: string[] = [];
  const timers: (() => void)[] = [];
  const announce = createAnnouncements(
    (text) => said.push(text),
    (run) => timers.push(run),
  );
  return { said, announce, tenSecondsPass: () => timers.shift()?.() };
}

test("the first message is said at once, and the next ones are summed up ten seconds later", () => {
  const { said, announce, tenSecondsPass } = listen();
  announce("1", "Voice call session");
  announce("2", "Chat session");
  announce("3", "API usage");
  expect(said).toEqual(["Voice call session"]);
  tenSecondsPass();
  expect(said.at(-1)).toBe("2 more messages. The last: API usage");
});

test("a notice that changed while it waited is said in its last wording", () => {
  const { said, announce, tenSecondsPass } = listen();
  announce("1", "Voice call session");
  announce("burst", "4 transactions");
  announce("burst", "5 transactions");
  tenSecondsPass();
  expect(said.at(-1)).toBe("5 transactions");
});

test("after ten quiet seconds the region is cleared, so that the same words can be said again", () => {
  const { said, announce, tenSecondsPass } = listen();
  announce("1", "Refreshed");
  tenSecondsPass();
  announce("1", "Refreshed");
  expect(said).toEqual(["Refreshed", "", "Refreshed"]);
});
