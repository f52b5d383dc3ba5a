import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the SQL migrations: the source tree's, or the copy inside the build that is running. A build carries its
 *  own copy, so that pulling a newer source under a running service does not make it look out of date. */
export function migrationsDirectory(): string {
  return join(installationRoot(), "migrations");
}

/** Folder of the built page, or null where there is none: the source tree, or a build without a page. */
export function builtPageDirectory(): string | null {
  const root = installationRoot();
  // build.json marks a build: in the source tree, web/ holds sources that no browser can run.
  const page = join(root, "web");
  return existsSync(join(root, "build.json")) && existsSync(join(page, "index.html")) ? page : null;
}

/** The package's own description: its version is the service's. */
export function packageFile(): string {
  let folder = installationRoot();
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return join(folder, "package.json");
}

/** Nearest folder above this file that holds `migrations/`: the repository, or `.build/<hash>`. */
function installationRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  let folder = here;
  while (!existsSync(join(folder, "migrations"))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error(`No migrations folder above ${here}: the installation is incomplete.`);
    folder = parent;
  }
  return folder;
}
