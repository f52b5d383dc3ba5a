import { Agent, request as openRequest } from "node:http";
import pg from "pg";
import { pino } from "pino";
import { verifyLedger } from "../../src/application/verify-ledger.ts";
import { rowTypes } from "../../src/storage/database.ts";
import { verifyRange } from "../../src/storage/verify/verify-range.ts";
import { createRandom } from "../concurrency/random.ts";
import { startTestService, type TestService } from "../setup/service.ts";
import { attackerOf } from "./attacker.ts";
import { type HostileRequest, hostileRequest } from "./hostile-request.ts";
import { type Operation, readOperations } from "./operations.ts";

/** Sends that many hostile requests to every route in turn, and reports every answer that should not be.
 *  @param seed makes the same requests again. */
export async function runHostileRequests(plan: {
  readonly seed: number;
  readonly requests: number;
}): Promise<Findings> {
  const faults: string[] = [];
  const sink = { write: (line: string) => void faults.push(line.slice(0, 2_000)) };
  const service = await startTestService({}, pino({ level: "error" }, sink));
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  try {
    const operations = await readOperations(service.url);
    const attacker = await attackerOf(service);
    const random = createRandom(plan.seed);
    const findings: Findings = {
      sent: 0,
      wrong: [],
      faults,
      statuses: {},
      unreached: new Set(operations.map(({ name }) => name)),
      problems: [],
      isAlive: false,
    };
    const next = () => {
      if (findings.sent >= plan.requests) return null;
      const operation = operations[findings.sent % operations.length];
      findings.sent += 1;
      // Drawn one after the other, whoever sends them: so the same seed makes the same requests.
      return operation === undefined
        ? null
        : { operation, request: hostileRequest(operation, random, attacker) };
    };
    const send = async () => {
      for (let drawn = next(); drawn !== null; drawn = next()) {
        let answer = await answerOf(service.url, agent, drawn.request);
        // A busy machine may ask to come back once; a request that is never answered is found all the same.
        if (answer.status === 503) answer = await answerOf(service.url, agent, drawn.request);
        note(findings, drawn.operation, drawn.request, answer);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
    findings.isAlive = (await fetch(`${service.url}/readyz`)).ok;
    findings.problems = await problemsOf(service);
    return findings;
  } finally {
    agent.destroy();
    await service.stop();
  }
}

export type Findings = {
  sent: number;
  /** Answers that are neither a success nor a problem document with a code, with the request that got them. */
  readonly wrong: string[];
  /** What the service logged as its own mistakes. */
  readonly faults: readonly string[];
  readonly statuses: Record<string, number>;
  /** Routes that let nobody in as far as to look at the fields. */
  readonly unreached: Set<string>;
  /** What verification found in the books afterwards. */
  problems: readonly string[];
  isAlive: boolean;
};

const SENDERS = 8;

type Answer = { readonly status: number; readonly type: string; readonly text: string };

function answerOf(
  url: string,
  agent: Agent,
  { method, path, headers, body }: HostileRequest,
): Promise<Answer> {
  return new Promise((resolve) => {
    const cut = (error: Error) => resolve({ status: 0, type: "", text: error.message });
    const target = new URL(url);
    const options = { agent, method, path, headers, host: target.hostname, port: target.port };
    const request = openRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text });
      });
      response.on("error", cut);
    });
    request.on("error", cut);
    request.end(body ?? undefined);
  });
}

function note(findings: Findings, operation: Operation, request: HostileRequest, answer: Answer): void {
  const { status } = answer;
  findings.statuses[status] = (findings.statuses[status] ?? 0) + 1;
  if (status < 300 || status === 422 || (status === 404 && request.isAllowed))
    findings.unreached.delete(operation.name);
  if (isRight(answer)) return;
  const body = request.body?.toString().slice(0, 500) ?? "";
  findings.wrong.push(
    `${request.method} ${request.path.slice(0, 300)} ${JSON.stringify(request.headers).slice(0, 300)} ${body} -> ${status} ${answer.text.slice(0, 300)}`,
  );
}

/** A success, or a problem that tells its code and nothing of the inside. */
function isRight({ status, type, text }: Answer): boolean {
  if (status >= 200 && status < 300) return true;
  if (status < 400 || status >= 500) return false;
  if (!type.startsWith("application/problem+json")) return false;
  const problem = JSON.parse(text);
  const isTold = problem.success === false && problem.status === status && /^[a-z_]+$/.test(problem.code);
  return isTold && !/\n\s+at |node_modules|\.ts:\d/.test(text);
}

async function problemsOf(service: TestService): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: service.connectionString, types: rowTypes });
  try {
    const result = await verifyLedger({
      verifyRange: (wanted, watcher) => verifyRange(pool, wanted, watcher),
    });
    if (result.kind !== "verified") return [result.kind];
    const sums = [...result.counterAccounts.values()].reduce<bigint>(
      (sum, part) => sum + part,
      result.balances,
    );
    return [
      ...result.problems.map((one) => JSON.stringify(one)),
      ...(sums === 0n ? [] : [`the books differ by ${sums}`]),
    ];
  } finally {
    await pool.end();
  }
}
