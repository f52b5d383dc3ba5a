import { describeConfigErrors, readConfig } from "../config.ts";
import { createLogger } from "../http/logger.ts";
import { type Service, startService } from "../main.ts";
import { EmbeddedPostgresFault } from "../storage/embedded-postgres/embedded-postgres-fault.ts";
import { MigrationFault } from "../storage/migrate.ts";
import { RolesFault } from "../storage/roles.ts";
import { fail } from "./open-database.ts";

/** Starts the service and stays until it is told to stop: the first SIGINT or SIGTERM finishes what is in flight, the
 *  second ends at once. */
export async function serve(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const outcome = readConfig(isEnvironment(env) ? env : process.env);
  if (outcome.kind === "refused") fail(describeConfigErrors(outcome.errors));
  const { config } = outcome;
  const log = createLogger(config.demo && env.AIRTIME_LOG_LEVEL === undefined ? "warn" : config.logLevel);
  let service: Service | null = null;
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(130);
    isStopping = true;
    console.log("Stopping: finishing what is in flight. Once more to stop at once.");
    if (service === null) process.exit(130);
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(`Stopping failed: ${messageOf(error)}`),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    service = await startService(config, log);
  } catch (error) {
    if (isPortTaken(error)) fail(`Port ${config.port} is in use. Stop what uses it, or set PORT to another.`);
    if (isExplained(error)) fail(`Airtime can't start: ${messageOf(error)}`);
    throw error;
  }
  const demo = config.demo ? `\n  Demo: sign in with one click. Keys: ${config.dataDir}/demo.json` : "";
  console.log(`Airtime is ready: ${service.url}${demo}`);
}

/** Commander hands its options to an action that asks for none. */
function isEnvironment(env: object): env is NodeJS.ProcessEnv {
  return Object.keys(env).length > 0;
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

/** Faults that say by themselves what to do: a stack trace would only hide it. */
function isExplained(error: unknown): boolean {
  if (FAULTS.some((fault) => error instanceof fault)) return true;
  return error instanceof Error && "code" in error && EXPLAINED_CODES.has(String(error.code));
}

const FAULTS = [EmbeddedPostgresFault, MigrationFault, RolesFault];
const EXPLAINED_CODES = new Set(["EACCES", "ECONNREFUSED", "ENOTFOUND", "28P01", "3D000"]);

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
