import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join, parse } from "node:path";
import { createInterface } from "node:readline";
import { build } from "vite";

const root = join(import.meta.dirname, "..", "..");

/** A process that can be killed. It tells one JSON line per event. */
export type ScriptProcess = {
  readonly process: ChildProcess;
  /** The next event it tells; rejects when it ends without another. */
  next(): Promise<Record<string, string>>;
  end(signal: NodeJS.Signals): Promise<void>;
};

/** Bundles a script, so that plain Node can run it as a process of its own; starts as many as asked for.
 *  @param script its path from the repository's root. */
export async function scriptProcesses(script: string): Promise<{
  start(argv: readonly string[], env?: NodeJS.ProcessEnv): ScriptProcess;
  remove(): void;
}> {
  // Inside the repository: the bundle finds its packages by the folders above it.
  const folder = mkdtempSync(join(root, "node_modules", ".airtime-test-"));
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "error",
    build: { ssr: join(root, script), outDir: folder, emptyOutDir: true },
  });
  return {
    start: (argv, env = process.env) => startScript(join(folder, `${parse(script).name}.js`), argv, env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function startScript(script: string, argv: readonly string[], env: NodeJS.ProcessEnv): ScriptProcess {
  const child = spawn(process.execPath, [script, ...argv], { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, "exit");
  return {
    process: child,
    next: async () => {
      const line = await lines.next();
      if (line.done)
        throw new Error(`The process ended (${child.signalCode ?? child.exitCode}) without another word.`);
      return JSON.parse(line.value);
    },
    end: async (signal) => {
      child.kill(signal);
      await exited;
    },
  };
}
