/** The routes of openapi.json with what each takes, for making requests of. */
export type Operation = {
  /** "POST /api/billing/sessions/{id}/usage" */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly body: Schema | null;
};

/** As much of JSON Schema as the document uses for what comes in. */
export type Schema = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
};

export async function readOperations(url: string): Promise<readonly Operation[]> {
  const document: Document = JSON.parse(await (await fetch(`${url}/openapi.json`)).text());
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, operation]) => {
      const method = verb.toUpperCase();
      return {
        name: `${method} ${path}`,
        method,
        path,
        action: operation["x-action"],
        parameters: operation.parameters ?? [],
        body: operation.requestBody?.content["application/json"]?.schema ?? null,
      };
    }),
  );
}

type Document = {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly "x-action": string;
            readonly parameters?: Operation["parameters"];
            readonly requestBody?: {
              readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
            };
          }
        >
      >
    >
  >;
};
