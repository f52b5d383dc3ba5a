import { chmod, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DemoPerson } from "./people.ts";

/** What a script or a newcomer needs to use the demo. Source: contract.md, Commands. */
export type DemoFile = {
  readonly base_url: string;
  readonly organization_id: string;
  readonly api_key: string;
  readonly operator_key: string;
  readonly webhook_secret: string;
  readonly sandbox_url: string;
  readonly users: readonly (Pick<DemoPerson, "role" | "name" | "email"> & { readonly password: string })[];
};

/** Writes `<data dir>/demo.json` in one step: a reader finds the old file or the whole new one. */
export async function writeDemoFile(dataDir: string, content: DemoFile): Promise<void> {
  const path = join(dataDir, "demo.json");
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
}
