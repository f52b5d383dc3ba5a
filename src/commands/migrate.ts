import { withDatabase } from "./open-database.ts";

/** Every command migrates first, so this one only says so. */
export async function runMigrations(): Promise<void> {
  await withDatabase(async () => console.log("The database is at the newest schema."));
}
