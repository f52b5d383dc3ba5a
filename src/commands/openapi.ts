import { pino } from "pino";
import type { Config } from "../config.ts";
import { openApiDocument } from "../http/openapi.ts";
import { layFoundation } from "../wiring/foundation.ts";
import { createHttpServer, wireParts } from "../wiring/parts.ts";
import { withDatabase } from "./open-database.ts";

/** Prints the document that the service serves at /openapi.json; the committed openapi.json is exactly this. */
export async function openApi(): Promise<void> {
  await withDatabase(async ({ config, connectionString }) => {
    console.log(await openApiText({ ...config, demo: false, databaseUrl: connectionString }));
  });
}

/** The document of a service with this configuration, as text. */
export async function openApiText(config: Config): Promise<string> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const secretKey = config.secretKey ?? "no secret is used to describe an interface";
    const foundation = await layFoundation(
      { ...config, secretKey },
      pino({ level: "silent" }),
      closers,
      null,
    );
    const server = await createHttpServer(foundation, await wireParts(foundation));
    closers.push(() => server.close());
    return JSON.stringify(openApiDocument(server), null, 2);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
