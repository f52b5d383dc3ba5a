import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import type { BenchServer } from "./postgres.ts";

/** What the figures were measured on. */
export type Machine = Readonly<Record<string, string | number>>;

export async function describeMachine(server: BenchServer): Promise<Machine> {
  const settings = await server.settings();
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    memory_gib: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgres: server.kind === "embedded" ? "embedded" : "DATABASE_URL",
    ...Object.fromEntries(settings),
    fsyncs_per_second: Math.round(fsyncsPerSecond()),
  };
}

const FSYNC_SECONDS = 0.5;
const WAL_BLOCK = Buffer.alloc(8_192);

/** How often a second this machine can make one block durable, as a commit must: one after the other, in place. Of the
 *  folder for temporary files, where the embedded PostgreSQL lives. */
function fsyncsPerSecond(): number {
  const folder = mkdtempSync(join(tmpdir(), "airtime-fsync-"));
  const file = openSync(join(folder, "block"), "w");
  try {
    const startedAt = performance.now();
    for (let count = 1; ; count += 1) {
      writeSync(file, WAL_BLOCK, 0, WAL_BLOCK.length, 0);
      fdatasyncSync(file);
      const seconds = (performance.now() - startedAt) / 1_000;
      if (seconds >= FSYNC_SECONDS) return count / seconds;
    }
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}
