import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseAst } from "vite";

const root = join(import.meta.dirname, "..", "..");

/** A node of the syntax tree, as far as the house rules look at it. */
export type SyntaxNode = { readonly type: string; readonly start: number; readonly end: number } & Readonly<
  Record<string, unknown>
>;

export type Source = { readonly path: string; readonly text: string; readonly nodes: readonly SyntaxNode[] };
export type Import = { readonly from: string; readonly typeOnly: boolean; readonly dynamic: boolean };

/** Every TypeScript source below the given folders, parsed once; paths are relative to the repository. */
export function sourcesIn(...folders: readonly string[]): Source[] {
  return folders.flatMap((folder) => filesIn(folder).filter((path) => /\.tsx?$/.test(path))).map(parseSource);
}

/** Every file below a folder, as paths relative to the repository. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/node_modules|\/dist(\/|$)/.test(entry.parentPath))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** What a source imports or re-exports, dynamic imports of a fixed name included. */
export function importsOf(source: Source): Import[] {
  return source.nodes.flatMap((node): Import[] => {
    const from = nodeIn(node, "source")?.value;
    if (typeof from !== "string") return [];
    const typeOnly = node.importKind === "type" || node.exportKind === "type";
    return [{ from, typeOnly, dynamic: node.type === "ImportExpression" }];
  });
}

/** The child node under a name, if there is one. */
export function nodeIn(node: SyntaxNode, name: string): SyntaxNode | null {
  const child = node[name];
  return isNode(child) ? child : null;
}

/** Number of the line that an offset lies in, from 1. */
export function lineAt(source: Source, offset: number): number {
  return source.text.slice(0, offset).split("\n").length;
}

function parseSource(path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  const nodes: SyntaxNode[] = [];
  collect(parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts" }), nodes);
  return { path, text, nodes };
}

function collect(value: unknown, nodes: SyntaxNode[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, nodes);
  if (!isNode(value)) return;
  nodes.push(value);
  for (const child of Object.values(value)) if (typeof child === "object") collect(child, nodes);
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
