import { QueryClient } from "@tanstack/react-query";
import { describe, expect, test } from "vitest";
import type { HistoryPage } from "../queries.ts";
import { charge, news, session, summary } from "../records.fixture.ts";
import type { Summary } from "../records.ts";
import { applyLiveMessage, historyAfter, sessionsAfter, summaryAfter } from "./apply-live-message.ts";

const firstPage: HistoryPage = {
  success: true,
  data: [{ ...charge, id: "txn_249", seq: 249 }],
  total: 249,
  limit: 2,
  offset: 0,
};

describe("the summary", () => {
  test("takes balance and totals from a transaction, exactly", () => {
    const after = summaryAfter(summary, news);
    expect(after).toMatchObject({
      balance: 127.4862,
      total_usage: 277.64,
      total_transactions: 250,
      active_sessions: 2,
    });
    expect(after.total_topups).toBe(405);
  });

  test("counts a repeated message once", () => {
    const after = summaryAfter(summaryAfter(summary, news), news);
    expect(after.total_usage).toBe(277.64);
    expect(after.total_transactions).toBe(250);
  });

  test("keeps what a message does not name", () => {
    const { transaction: _, active_sessions: __, ...balance } = news;
    const after = summaryAfter(summary, { ...balance, type: "session_updated" });
    expect(after).toEqual({ ...summary, balance: 127.4862, held: 2.5, available: 124.9862 });
  });
});

describe("the history", () => {
  test("page 1 of a matching filter takes the new transaction on top and keeps its length", () => {
    const full = { ...firstPage, data: [...firstPage.data, { ...charge, id: "txn_248", seq: 248 }] };
    const after = historyAfter(full, { type: "consumption", limit: 2, page: 1 }, charge);
    expect(after.data.map((row) => row.id)).toEqual(["txn_250", "txn_249"]);
    expect(after.total).toBe(250);
  });

  test("a transaction that is there already changes nothing", () => {
    const once = historyAfter(firstPage, { type: "all", limit: 2, page: 1 }, charge);
    expect(historyAfter(once, { type: "all", limit: 2, page: 1 }, charge)).toBe(once);
  });

  test("a later page keeps its rows and counts what arrived", () => {
    const after = historyAfter(firstPage, { type: "all", limit: 2, page: 3 }, charge);
    expect(after.data).toBe(firstPage.data);
    expect(after.total).toBe(250);
  });

  test("another filter does not change", () => {
    expect(historyAfter(firstPage, { type: "topup", limit: 2, page: 1 }, charge)).toBe(firstPage);
  });
});

describe("running calls", () => {
  const empty = { data: [], total: 0, limit: 100, offset: 0 };

  test("a new call is added, a report updates it, its end removes it", () => {
    const started = sessionsAfter(empty, session);
    const reported = sessionsAfter(started, { ...session, cost: 0.2 });
    const ended = sessionsAfter(reported, { ...session, status: "settled" });
    expect([started.total, reported.data[0]?.cost, ended.data.length]).toEqual([1, 0.2, 0]);
  });

  test("a call whose runtime fell silent stays", () => {
    const silent = sessionsAfter(sessionsAfter(empty, session), { ...session, status: "stale" });
    expect(silent.data.map(({ status }) => status)).toEqual(["stale"]);
  });

  test("the end of a call never seen changes nothing", () => {
    expect(sessionsAfter(empty, { ...session, status: "cancelled" })).toBe(empty);
  });
});

test("a message reaches only its own organization's cache", () => {
  const client = new QueryClient();
  client.setQueryData(["summary", "org_1"], summary);
  client.setQueryData(["summary", "org_2"], summary);
  client.setQueryData(["history", "org_1", { type: "all", limit: 2, page: 1 }], firstPage);
  applyLiveMessage(client, news);
  expect(client.getQueryData<Summary>(["summary", "org_1"])?.balance).toBe(127.4862);
  expect(client.getQueryData(["summary", "org_2"])).toBe(summary);
  const page = client.getQueryData<HistoryPage>(["history", "org_1", { type: "all", limit: 2, page: 1 }]);
  expect(page?.total).toBe(250);
});
