import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(fileURLToPath(import.meta.url), "..", "..");
const target = join(root, "web", "api", "openapi.ts");

/** The page's types of the API, written from openapi.json: each named schema, and each operation with what it takes and
 *  answers. A keyword that is not understood is an error, never a silent `unknown`. */
function apiTypes({ paths, components }) {
  return [
    "// Written by bin/api-types.js from openapi.json (npm run openapi). Not to be edited.\n",
    ...Object.entries(components.schemas).map(([name, schema]) => declaration(name, schema)),
    `/** Every operation: what it takes in its path, query and body, and what it answers. */\nexport interface Operations {`,
    ...Object.entries(paths)
      .filter(([path]) => path.startsWith("/api/"))
      .flatMap(([path, item]) =>
        Object.entries(item).flatMap(([method, operation]) => operationLines(method, path, operation)),
      ),
    "}",
  ].join("\n");
}

function declaration(name, schema) {
  const type = typeOf(schema, "");
  return `export ${type.startsWith("{") ? `interface ${name} ${type}` : `type ${name} = ${type};`}\n`;
}

function operationLines(method, path, operation) {
  const answers = Object.entries(operation.responses).filter(([status]) => status < "300");
  const answer = union(answers.map(([, response]) => contentType(response, "    ")));
  const body = operation.requestBody && contentType(operation.requestBody, "    ");
  return [
    `  /** ${operation.summary} */`,
    `  ${JSON.stringify(`${method.toUpperCase()} ${path}`)}: {`,
    ...parameterLines("path", operation),
    ...parameterLines("query", operation),
    ...(body ? [`    body: ${body};`] : []),
    `    answer: ${answer};`,
    "  };",
  ];
}

function contentType({ content }, indent) {
  const json = content?.["application/json"];
  return json === undefined ? "unknown" : typeOf(json.schema, indent);
}

function parameterLines(place, { parameters = [] }) {
  const here = parameters.filter((parameter) => parameter.in === place);
  if (here.length === 0) return [];
  const schema = {
    type: "object",
    properties: Object.fromEntries(here.map((parameter) => [parameter.name, parameter.schema])),
    required: here.filter(({ required }) => required).map(({ name }) => name),
  };
  const mark = schema.required.length === 0 ? "?" : "";
  return [`    ${place}${mark}: ${typeOf(schema, "    ")};`];
}

/** A JSON schema as a TypeScript type. @param indent of the line that the type begins on. */
function typeOf(schema, indent) {
  if (schema.$ref !== undefined) return schema.$ref.replace("#/components/schemas/", "");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return union(options.map((option) => typeOf(option, indent)));
  if (schema.allOf !== undefined) return schema.allOf.map((part) => typeOf(part, indent)).join(" & ");
  if (Array.isArray(schema.type))
    return union(schema.type.map((type) => typeOf({ ...schema, type }, indent)));
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "number":
    case "integer":
      return "number";
    case "array":
      return arrayOf(typeOf(schema.items ?? {}, indent));
    case "object":
      return objectOf(schema, indent);
    case undefined:
      return "unknown";
    default:
      throw new Error(`api-types: a type that is not understood: ${JSON.stringify(schema)}`);
  }
}

function objectOf({ properties, required = [], additionalProperties }, indent) {
  if (properties === undefined || Object.keys(properties).length === 0) {
    const values =
      typeof additionalProperties === "object" ? typeOf(additionalProperties, indent) : "unknown";
    return additionalProperties === false ? "Record<string, never>" : `Record<string, ${values}>`;
  }
  const deeper = `${indent}  `;
  const lines = Object.entries(properties).flatMap(([name, property]) => [
    ...(property.description ? [`${deeper}/** ${property.description} */`] : []),
    `${deeper}${name}${required.includes(name) ? "" : "?"}: ${typeOf(property, deeper)};`,
  ]);
  return ["{", ...lines, `${indent}}`].join("\n");
}

function arrayOf(item) {
  return / [|&] /.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

function union(types) {
  return [...new Set(types)].join(" | ");
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const text = `${apiTypes(JSON.parse(readFileSync(join(root, "openapi.json"), "utf8")))}\n`;
  if (!process.argv.includes("--check")) writeFileSync(target, text);
  else if (readFileSync(target, "utf8") !== text) {
    console.error("web/api/openapi.ts is not what openapi.json says: npm run openapi");
    process.exitCode = 1;
  }
}
