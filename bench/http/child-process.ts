import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Processes of the bench's bundle: each stands alone, as in production, and ends with the bench. */

/** As `npm start` has them (package.json), for the service and for what it is measured beside. */
const NODE_FLAGS = ["--max-semi-space-size=32"];

export type Child = { readonly process: ChildProcess; stop(): Promise<void> };

/** @param entry name of a file of the bundle. @param talks whether it exchanges messages with this process. */
export function startChild(
  entry: "cli" | "noop-process" | "load-process",
  words: readonly string[],
  { talks, env }: { readonly talks: boolean; readonly env: Readonly<Record<string, string>> },
): Child {
  const script = join(import.meta.dirname, `${entry}.js`);
  const options = { execArgv: NODE_FLAGS, env: { PATH: process.env.PATH, NODE_ENV: "production", ...env } };
  const child = talks
    ? fork(script, words, { ...options, stdio: ["ignore", 2, 2, "ipc"] })
    : spawn(process.execPath, [...NODE_FLAGS, script, ...words], {
        ...options,
        stdio: ["ignore", "ignore", 2],
      });
  const exited = once(child, "exit");
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    process: child,
    async stop() {
      process.removeListener("exit", kill);
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
      await exited;
    },
  };
}

/** The next message of a child. Rejects when it ends instead. */
export async function nextMessage(child: Child): Promise<unknown> {
  const silenced = new AbortController();
  const message = once(child.process, "message", { signal: silenced.signal });
  const end = once(child.process, "exit", { signal: silenced.signal }).then(([code, signal]) => {
    throw new Error(`a process of the bench ended (${signal ?? code})`);
  });
  try {
    const [said] = await Promise.race([message, end]);
    return said;
  } finally {
    silenced.abort();
    // Whichever did not come ends with the abort.
    await Promise.allSettled([message, end]);
  }
}
