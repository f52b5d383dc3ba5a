import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointPorts, CheckpointVerifyPorts } from "../../application/checkpoint-ports.ts";

/** Checkpoints as files of a directory, which several processes may share. Their names are in the order of their times. */
export function createCheckpointDirectory(
  directory: string,
): Pick<CheckpointPorts, "store" | "lastSignedAt"> & Pick<CheckpointVerifyPorts, "checkpoints"> {
  const names = async () => (await readdir(directory)).filter((name) => NAME.test(name)).sort();
  return {
    async store({ at, keyId, text }) {
      const name = `heads-${new Date(at).toISOString().replaceAll(":", ".")}-${keyId}.jsonl`;
      // Whole or not at all: a file that was cut off proves nothing, and would have to be explained.
      const draft = join(directory, `.${name}.${randomBytes(4).toString("hex")}`);
      const file = await open(draft, "wx", 0o644);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, join(directory, name));
    },
    async lastSignedAt(keyId) {
      await mkdir(directory, { recursive: true });
      const own = (await names()).map((name) => NAME.exec(name)).filter((match) => match?.[4] === keyId);
      const [, date, time, fraction] = own.at(-1) ?? [];
      return date === undefined ? null : Date.parse(`${date}T${time?.replaceAll(".", ":")}.${fraction}Z`);
    },
    async *checkpoints() {
      for (const name of await names()) yield { name, text: await readFile(join(directory, name), "utf8") };
    },
  };
}

// Not every file system takes a colon.
const NAME = /^heads-(\d{4}-\d\d-\d\d)T(\d\d\.\d\d\.\d\d)\.(\d{3})Z-([0-9a-f]+)\.jsonl$/;
