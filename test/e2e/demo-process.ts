import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "../setup/free-port.ts";
import { cleanEnvironment, untilReady } from "../setup/service-process.ts";

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
    dataDir,
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
  readonly dataDir: string;
  readonly demo: {
    readonly organization_id: string;
    readonly api_key: string;
    readonly operator_key: string;
    readonly webhook_secret: string;
    readonly sandbox_url: string;
    readonly users: readonly { role: string; name: string; email: string; password: string }[];
  };
  /** kill -9. */
  kill(): Promise<void>;
  interrupt(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
};
