import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export type FoundBrowser = {
  readonly executablePath: string;
  /** What this browser needs beyond the environment of any other program. */
  readonly environment: Readonly<Record<string, string>>;
};

/** Unpacks the Chromium that npm brings (@sparticuz/chromium, linux-x64) with the shared libraries and fonts it bundles,
 *  so that nothing of the system is needed. Done once per version; safe in several processes at once. */
export function unpackBundledChromium(): FoundBrowser {
  const packageFolder = folderOfPackage();
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const cache = join(import.meta.dirname, "..", "..", "node_modules", ".cache");
  const folder = join(cache, `airtime-chromium-${version}`);
  if (!existsSync(folder)) unpack(cache, folder);
  return {
    executablePath: join(folder, "chromium"),
    environment: {
      LD_LIBRARY_PATH: [join(folder, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
      FONTCONFIG_FILE: fontConfiguration(folder),
    },
  };
}

function unpack(cache: string, folder: string): void {
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  // The package unpacks into TMPDIR, and its libraries only where it believes to be on Amazon's Linux: so it is told, in
  // a process of its own.
  const outcome = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", `await (await import("@sparticuz/chromium")).default.executablePath()`],
    {
      cwd: join(cache, ".."),
      env: { ...process.env, TMPDIR: draft, AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" },
      encoding: "utf8",
    },
  );
  if (outcome.status !== 0 || !existsSync(join(draft, "al2023", "lib"))) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(`The bundled Chromium could not be unpacked: ${outcome.stderr || outcome.error}`);
  }
  try {
    renameSync(draft, folder);
  } catch {
    rmSync(draft, { recursive: true, force: true }); // another process was faster
  }
}

/** Bundled fonts and the system's, whatever there is; text without any font is drawn as nothing at all. */
function fontConfiguration(folder: string): string {
  const file = join(folder, "airtime-fonts.conf");
  const folders = [join(folder, "fonts"), "/usr/share/fonts"].map((name) => `<dir>${name}</dir>`).join("");
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}` +
      `<cachedir>${join(folder, "font-cache")}</cachedir></fontconfig>`,
  );
  return file;
}

function folderOfPackage(): string {
  // Its package.json is not exported; it lies some folders above the entry that is.
  let folder = dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium"));
  while (!existsSync(join(folder, "bin", "chromium.br"))) folder = dirname(folder);
  return folder;
}
