import { describe, expect, test } from "vitest";
import { type ChainHead, checkpointLines, headProblem, parseCheckpoint } from "./checkpoint.ts";

const HEAD: ChainHead = { organizationId: "org_a", seq: 20n, hash: "ab".repeat(32), balance: -12_345n };
const CHECKPOINT = {
  at: "2026-11-24T15:00:00.000Z",
  keyId: "k1",
  heads: [HEAD, { ...HEAD, seq: 2n ** 60n }],
};
const signed = (lines: string) => `${lines}{"signature":"c2ln"}\n`;

test("a checkpoint is read as it was written, numbers beyond 2^53 too", () => {
  const lines = checkpointLines(CHECKPOINT);
  expect(parseCheckpoint(signed(lines))).toEqual({ ...CHECKPOINT, signed: lines, signature: "c2ln" });
});

test("a checkpoint without heads is one", () => {
  const lines = checkpointLines({ ...CHECKPOINT, heads: [] });
  expect(parseCheckpoint(signed(lines))?.heads).toEqual([]);
});

test.each([
  ["nothing", ""],
  ["a line that is cut off", checkpointLines(CHECKPOINT).slice(0, -9)],
  ["no signature", checkpointLines(CHECKPOINT)],
  ["fewer heads than it says", signed(checkpointLines(CHECKPOINT).replace(/\n[^\n]*\n$/, "\n"))],
  ["a number that is none", signed(checkpointLines(CHECKPOINT).replace('"seq":"20"', '"seq":"2O"'))],
  ["another format", signed(checkpointLines(CHECKPOINT).replace("checkpoint-1", "checkpoint-2"))],
])("%s is no checkpoint", (_what, text) => {
  expect(parseCheckpoint(text)).toBeNull();
});

describe("a head that was signed", () => {
  const asSigned = { ledgerSeq: 25n, hash: HEAD.hash, balanceAfter: HEAD.balance };
  const told = { at: CHECKPOINT.at, intactSeq: 10n };

  test("and is there still has no problem, whatever was added since", () => {
    expect(headProblem(HEAD, asSigned, told)).toBeNull();
    expect(headProblem(HEAD, { ...asSigned, ledgerSeq: 20n }, told)).toBeNull();
  });

  test("beyond the ledger's end tells of an older backup", () => {
    const problem = headProblem(HEAD, { ledgerSeq: 12n, hash: null, balanceAfter: null }, told);
    expect(problem).toEqual({
      organizationId: "org_a",
      table: "account",
      key: "org_a",
      problem:
        "ends at transaction 12, but 20 were signed at 2026-11-24T15:00:00.000Z: an older backup was restored, " +
        "or the transactions after it were removed",
    });
  });

  test("and has no transaction is named", () => {
    const problem = headProblem(HEAD, { ...asSigned, hash: null, balanceAfter: null }, told);
    expect(problem).toMatchObject({ table: "transaction", problem: expect.stringContaining("is missing") });
  });

  test.each([
    ["another hash", { ...asSigned, hash: "00".repeat(32) }],
    ["another balance", { ...asSigned, balanceAfter: 0n }],
  ])("and has %s now is named with the range that the change lies in", (_what, point) => {
    expect(headProblem(HEAD, point, told)?.problem).toContain("one of the transactions 11 to 20 was changed");
    expect(headProblem(HEAD, point, { ...told, intactSeq: 19n })?.problem).toContain("it was changed");
  });
});
