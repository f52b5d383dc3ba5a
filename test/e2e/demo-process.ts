import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** The service as a user starts it: its own process, its own embedded PostgreSQL, the built page, the demo. */
export async function startDemoProcess(env: Readonly<Record<string, string>> = {}): Promise<DemoProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), "airtime-e2e-"));
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const start = async () => {
    const child = spawn(process.execPath, [resolve("bin/airtime.js"), "serve"], {
      env: {
        ...cleanEnvironment(),
        AIRTIME_DATA_DIR: dataDir,
        PORT: String(port),
        AIRTIME_DEMO_TRAFFIC: "0",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await untilReady(baseUrl, child);
    return child;
  };
  let child = await start();
  const end = async (signal: NodeJS.Signals) => {
    const exited = new Promise((done) => child.once("exit", done));
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    else return;
    await exited;
  };
  return {
    baseUrl,
    demo: JSON.parse(readFileSync(join(dataDir, "demo.json"), "utf8")),
    kill: () => end("SIGKILL"),
    interrupt: () => end("SIGINT"),
    async restart() {
      child = await start();
    },
    async stop() {
      await end("SIGINT");
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type DemoProcess = {
  readonly baseUrl: string;
  readonly demo: {
    readonly organization_id: string;
    readonly api_key: string;
    readonly operator_key: string;
    readonly sandbox_url: string;
    readonly users: readonly { role: string; name: string; email: string; password: string }[];
  };
  /** kill -9. */
  kill(): Promise<void>;
  interrupt(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** Without what configures the service of whoever runs the tests. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter(
    (name) => !/^(AIRTIME|LEMONSQUEEZY)_|^(DATABASE_URL|SMTP_URL|PORT|HOST|NODE_ENV)$/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

async function untilReady(baseUrl: string, child: ChildProcess): Promise<void> {
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  for (const until = Date.now() + 90_000; Date.now() < until; await delay(100)) {
    if (child.exitCode !== null) break;
    const response = await fetch(`${baseUrl}/readyz`).catch(() => null); // not listening yet
    if (response?.ok) return;
  }
  throw new Error(`the service did not get ready:\n${output}`);
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolvePort(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
