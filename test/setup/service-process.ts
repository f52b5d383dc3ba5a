import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export const OPERATOR_KEY = "operator-key-of-the-tests-32-characters";

/** The built service as production runs it: a process of its own on a database that is already there. It can be killed,
 *  frozen and started again at its address. @param nodeArguments for the process's own Node, such as `--import`. */
export async function startServiceProcess(settings: {
  readonly connectionString: string;
  /** Default: a free one. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArguments?: readonly string[];
}): Promise<ServiceProcess> {
  const port = settings.port ?? (await freePort());
  let changed: Readonly<Record<string, string>> = {};
  const url = `http://127.0.0.1:${port}`;
  const start = (): StartedProcess => {
    const child = spawn(
      process.execPath,
      [...(settings.nodeArguments ?? []), resolve("bin/airtime.js"), "serve"],
      {
        env: {
          ...cleanEnvironment(),
          DATABASE_URL: settings.connectionString,
          HOST: "127.0.0.1",
          PORT: String(port),
          AIRTIME_SECRET_KEY: "secret key of the tests, 32 characters",
          AIRTIME_OPERATOR_KEY: OPERATOR_KEY,
          AIRTIME_RATE_LIMIT: "1000000",
          AIRTIME_SIGN_IN_RATE_LIMIT: "1000000",
          AIRTIME_LOG_LEVEL: "fatal",
          ...settings.env,
          ...changed,
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    return { child, ready: untilReady(url, child) };
  };
  let running = start();
  await running.ready;
  const end = async (signal: NodeJS.Signals) => {
    const { child } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await exited;
  };
  return {
    url,
    kill: () => end("SIGKILL"),
    freeze: () => running.child.kill("SIGSTOP"),
    thaw: () => running.child.kill("SIGCONT"),
    signal: (signal) => running.child.kill(signal),
    async restart(env = {}) {
      await end("SIGINT");
      changed = { ...changed, ...env };
      running = await supervise(start);
    },
    stop: () => end("SIGINT"),
  };
}

export type ServiceProcess = {
  readonly url: string;
  /** kill -9. */
  kill(): Promise<void>;
  /** Stops the process in the middle of whatever it does; connections and locks stay as they are. */
  freeze(): void;
  thaw(): void;
  signal(signal: NodeJS.Signals): void;
  /** Starts it anew at the same address, again if its database is not there yet, and resolves when it is ready.
   *  @param env what is configured otherwise from now on. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves when it has finished what was in flight, whatever its state. */
  stop(): Promise<void>;
};

/** Starts a process until one gets ready, as whatever supervises a service does. */
async function supervise(start: () => StartedProcess): Promise<StartedProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const started = start();
    try {
      await started.ready;
      return started;
    } catch (error) {
      if (attempt === STARTS_MAX) throw error;
    }
  }
}

type StartedProcess = { readonly child: ChildProcess; readonly ready: Promise<void> };

const STARTS_MAX = 10;

/** Without what configures the service of whoever runs the tests. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter(
    (name) => !/^(AIRTIME|LEMONSQUEEZY|OTEL)_|^(DATABASE_URL|SMTP_URL|PORT|HOST|NODE_ENV)$/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Resolves when the process says it is ready; throws with its output when it ends before, or within 90 seconds. */
export async function untilReady(url: string, child: ChildProcess): Promise<void> {
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  for (const until = performance.now() + 90_000; performance.now() < until; await delay(20)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const response = await fetch(`${url}/readyz`).catch(() => null); // not listening yet
    if (response?.ok) return;
  }
  throw new Error(`the service did not get ready:\n${output}`);
}
