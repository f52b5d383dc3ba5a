import { preparedBinaries } from "../../src/storage/embedded-postgres/binaries.ts";
import { startEmbeddedPostgres } from "../../src/storage/embedded-postgres/start-embedded-postgres.ts";

// A stand-in for the service: a process that holds one embedded PostgreSQL and can be killed. One JSON line per event.

const say = (event: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(event)}\n`);
const [mode = "", target = ""] = process.argv.slice(2);
try {
  if (mode === "binaries") {
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : null;
    say({ kind: "prepared", native: preparedBinaries(user, target) });
  } else {
    const warn = (message: string) => say({ kind: "warning", message });
    const server = await startEmbeddedPostgres({ dataDir: target, log: { info: () => {}, warn } });
    process.once("SIGTERM", () => server.stop());
    say({ kind: "running", connectionString: server.connectionString });
    if (mode === "exit") process.exit(0);
  }
} catch (error) {
  say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
}
