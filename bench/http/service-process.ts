import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../src/storage/embedded-postgres/server-process.ts";
import { SECRET_KEY } from "../engine/application.ts";
import { startChild } from "./child-process.ts";

/** The service, as `airtime serve` runs it in production, in a process of its own. */
export type ServiceProcess = {
  readonly port: number;
  /** What it has used since its start. */
  usage(): Promise<{ readonly cpuSeconds: number; readonly residentBytes: number }>;
  stop(): Promise<void>;
};

const READY_WITHIN_MS = 30_000;

export async function startServiceProcess(connectionString: string): Promise<ServiceProcess> {
  const port = await freePort();
  const child = startChild("cli", ["serve"], {
    talks: false,
    env: {
      DATABASE_URL: connectionString,
      AIRTIME_SECRET_KEY: SECRET_KEY,
      AIRTIME_LOG_LEVEL: "warn",
      HOST: "127.0.0.1",
      PORT: String(port),
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(url))) {
    if (child.process.exitCode !== null) throw new Error(`the service ended (${child.process.exitCode})`);
    if (Date.now() > until) throw new Error("the service does not get ready");
    await delay(50);
  }
  return {
    port,
    async usage() {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return {
        cpuSeconds: metric(metrics, "process_cpu_seconds_total"),
        residentBytes: metric(metrics, "process_resident_memory_bytes"),
      };
    },
    stop: child.stop,
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (answer) => answer.ok,
    () => false, // it does not listen yet
  );
}

function metric(metrics: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)`, "m").exec(metrics)?.[1];
  if (value === undefined) throw new Error(`the service has no metric ${name}`);
  return Number(value);
}
