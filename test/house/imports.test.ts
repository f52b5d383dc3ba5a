import { isBuiltin } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, sourcesIn } from "./sources.ts";

/** Layers a layer may import from, besides itself; design.md, "The house". */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  application: ["domain"],
  storage: ["domain"],
  http: ["application", "domain"],
  jobs: ["application", "domain"],
  payments: ["application", "domain"],
  notify: ["application", "domain"],
};

/** Files directly in src/ that any edge may read: they import no layer that does work. */
const LEAVES = ["src/installed-files.ts"];
const CONFIGURATION = ["src/config.ts", "src/config-variables.ts"];
const PORTS = /^src\/application\/([a-z-]+-)?ports\.ts$/;

const sources = sourcesIn("src", "sandbox", "web").filter(({ path }) => !/\.test\.tsx?$/.test(path));
const edges = sources.flatMap((source) =>
  importsOf(source).map((item) => ({
    ...item,
    importer: source.path,
    target: resolveFrom(source.path, item.from),
  })),
);

describe("imports go one way", () => {
  test.each(Object.keys(ALLOWED))("out of src/%s", (layer) => {
    const wrong = edges
      .filter(({ importer, target }) => importer.startsWith(`src/${layer}/`) && target !== null)
      .filter((edge) => !mayImport(layer, edge))
      .map(({ importer, target }) => `${importer} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  test("src/ loads sandbox/ only dynamically, and only from main.ts and cli.ts", () => {
    const wrong = edges
      .filter(({ importer, target }) => importer.startsWith("src/") && target?.startsWith("sandbox/"))
      .filter(({ importer, dynamic, typeOnly }) => !typeOnly && !(dynamic && isWiring(importer)))
      .map(({ importer, target }) => `${importer} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  test("web/ takes nothing but types from elsewhere", () => {
    const wrong = edges
      .filter(
        ({ importer, target }) =>
          importer.startsWith("web/") && target !== null && !target.startsWith("web/"),
      )
      .filter(({ typeOnly }) => !typeOnly)
      .map(({ importer, target }) => `${importer} imports ${target}`);
    expect(wrong).toEqual([]);
  });
});

describe("the domain is pure", () => {
  // Hashing is arithmetic: the chain's SHA-256 reads no clock, file or chance.
  const pure = new Set(["node:crypto"]);
  const domain = sources.filter(({ path }) => path.startsWith("src/domain/"));

  test("it depends on no package and no part of Node that does I/O", () => {
    const wrong = domain.flatMap((source) =>
      importsOf(source)
        .filter(({ from }) => !from.startsWith(".") && !(isBuiltin(from) && pure.has(from)))
        .map(({ from }) => `${source.path} imports ${from}`),
    );
    expect(wrong).toEqual([]);
  });

  test("it reads no clock and throws no dice", () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandom(UUID|Bytes|Int)\b|\bprocess\.|\bfetch\(/;
    expect(domain.filter(({ text }) => impure.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

function mayImport(
  layer: string,
  { target, typeOnly }: { target: string | null; typeOnly: boolean },
): boolean {
  if (target === null || LEAVES.includes(target)) return true;
  if (CONFIGURATION.includes(target)) return typeOnly && layer !== "domain";
  // Whoever stands outside a port must know its shape; that ties him to no use case.
  if (typeOnly && layer === "storage" && PORTS.test(target)) return true;
  return [layer, ...(ALLOWED[layer] ?? [])].some((allowed) => target.startsWith(`src/${allowed}/`));
}

function isWiring(path: string): boolean {
  return path === "src/main.ts" || path === "src/cli.ts";
}

/** The file an import means, relative to the repository; null for a package. */
function resolveFrom(importer: string, from: string): string | null {
  return from.startsWith(".") ? join(importer, "..", from) : null;
}
