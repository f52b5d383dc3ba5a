import { describe, expect, test } from "vitest";
import { readAnalysis, readTranscript } from "./read-artifacts.ts";

describe("a transcript", () => {
  test("is read from turns with speaker and time", () => {
    expect(readTranscript([{ role: "agent", at_seconds: 4, text: "Hi" }])).toEqual([
      { speaker: "agent", atSeconds: 4, text: "Hi" },
    ]);
  });

  test("is read from an object that holds its turns under a usual name", () => {
    expect(readTranscript({ messages: [{ speaker: "Caller", content: "Hello" }] })).toEqual([
      { speaker: "Caller", atSeconds: null, text: "Hello" },
    ]);
  });

  test("in plain text has a turn per line, the speaker before the colon", () => {
    expect(readTranscript("Caller: Hi\n\nAt 10:00 then")).toEqual([
      { speaker: "Caller", atSeconds: null, text: "Hi" },
      { speaker: null, atSeconds: null, text: "At 10:00 then" },
    ]);
  });

  test("that is none, or unreadable, is empty", () => {
    expect([null, undefined, "", 5, [{ x: 1 }], {}].map(readTranscript)).toEqual([[], [], [], [], [], []]);
  });
});

describe("an analysis", () => {
  test("has a summary and its short values as facts", () => {
    const analysis = readAnalysis({
      summary: "Moved.",
      goal_reached: true,
      sentiment: "positive",
      topics: ["Reschedule"],
    });
    expect(analysis).toEqual({
      summary: "Moved.",
      facts: [
        { text: "Goal reached", good: true },
        { text: "Sentiment: positive", good: false },
        { text: "Reschedule", good: false },
      ],
    });
  });

  test("that is none is not shown", () => {
    expect([null, "", {}, [], 4].map(readAnalysis)).toEqual([null, null, null, null, null]);
    expect(readAnalysis("Fine.")).toEqual({ summary: "Fine.", facts: [] });
  });
});
