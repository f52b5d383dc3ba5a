import type { RegisterRoutes } from "../../src/http/server.ts";
import type { DemoFile } from "./demo-file.ts";

/** What only the demo serves: its people, for signing in with one click. Not part of the API. */
export function devRoutes(file: DemoFile): RegisterRoutes {
  return (server) => {
    server.get("/_dev/people", { config: { action: "public" }, schema: { hide: true } }, async () => ({
      success: true,
      data: file.users,
    }));
  };
}
