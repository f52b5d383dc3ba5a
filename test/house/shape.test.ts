import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { filesIn, lineAt, nodeIn, type Source, type SyntaxNode, sourcesIn } from "./sources.ts";

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 50;
const FOLDERS = ["src", "sandbox", "web", "test", "bench"];

/** Written by a script; api-types.test.ts. */
const API_TYPES = "web/api/openapi.ts";

const sources = sourcesIn(...FOLDERS);

describe("every source file", () => {
  test(`has at most ${FILE_LINES_MAX} lines`, () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
      .filter(({ path, lines }) => lines > FILE_LINES_MAX && path !== API_TYPES);
    expect(long).toEqual([]);
  });

  test(`has functions of at most ${FUNCTION_LINES_MAX} lines`, () => {
    expect(sources.flatMap(longFunctionsOf)).toEqual([]);
  });

  test("has a name in kebab-case", () => {
    const wrong = sources
      .map(({ path }) => path)
      .filter((path) => !/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(basename(path)));
    expect(wrong).toEqual([]);
  });

  test("lies in no drawer for everything", () => {
    const drawer = /(^|\/)(utils?|helpers?|common|misc|shared|lib)(\/|\.tsx?$)|(^|\/)(types|index)\.tsx?$/;
    expect(FOLDERS.flatMap(filesIn).filter((path) => drawer.test(path))).toEqual([]);
  });
});

test("SQL is written in src/storage only", () => {
  const elsewhere = sourcesIn("src")
    .filter(({ path }) => !path.startsWith("src/storage/") && !path.endsWith(".test.ts"))
    .flatMap((source) =>
      source.nodes
        .filter((node) => SQL.test(stringIn(node)))
        .map((node) => `${source.path}:${lineAt(source, node.start)}`),
    );
  expect(elsewhere).toEqual([]);
});

test("no test is skipped, singled out or put off", () => {
  const evasion = /\b(test|it|describe)(\.\w+)*\.(skip|only|todo|skipIf|runIf|fails)\b/;
  const wrong = sources.filter(({ path, text }) => path.endsWith(".test.ts") && evasion.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

const SQL =
  /^\s*(select\s[^;]*\sfrom\s+[a-z_"]|insert into [a-z_"]|update [a-z_".]+\s+set\s|delete from [a-z_"]|with [a-z_]+ as \(|(create|alter|drop) (table|index|role|policy|database|schema)\s)/;

function stringIn(node: SyntaxNode): string {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type !== "TemplateElement") return "";
  const value = node.value;
  return typeof value === "object" && value !== null && "raw" in value ? String(value.raw) : "";
}

function longFunctionsOf(source: Source): string[] {
  // A describe block is a chapter, not a function.
  const chapters = new Set(
    source.nodes
      .filter(
        (node) =>
          node.type === "CallExpression" && /^describe\b/.test(sourceText(source, nodeIn(node, "callee"))),
      )
      .flatMap((node) => (Array.isArray(node.arguments) ? node.arguments : [])),
  );
  const functions = source.nodes.filter(
    (node) => /Function(Declaration|Expression)$/.test(node.type) && !chapters.has(node),
  );
  return functions
    .map((node) => ({ node, lines: ownLines(source, node, functions) }))
    .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
    .map(({ node, lines }) => `${source.path}:${lineAt(source, node.start)} has ${lines} lines`);
}

/** Lines of a function without those of the functions in it, which are counted on their own: what a closure holds
 *  together is read one piece at a time. */
function ownLines(source: Source, node: SyntaxNode, functions: readonly SyntaxNode[]): number {
  const linesOf = ({ start, end }: SyntaxNode) => lineAt(source, end) - lineAt(source, start) + 1;
  const contains = (outer: SyntaxNode, inner: SyntaxNode) =>
    outer !== inner && outer.start <= inner.start && inner.end <= outer.end;
  const inside = functions.filter((other) => contains(node, other));
  const direct = inside.filter((other) => !inside.some((between) => contains(between, other)));
  // The line where an inner function begins belongs to both.
  return direct.reduce((lines, inner) => lines - (linesOf(inner) - 1), linesOf(node));
}

function sourceText(source: Source, node: SyntaxNode | null): string {
  return node === null ? "" : source.text.slice(node.start, node.end);
}
