import { auditPlace } from "../application/audit-log.ts";
import type { AuditEvent } from "../domain/audit/audit-event.ts";
import { exportPerson } from "../storage/identity/export-person.ts";
import { openOrganizationDatabases } from "../storage/organization-database.ts";
import { createOrganizationVault } from "../storage/organization-vault.ts";
import { fail, rootKeyOf, withDatabase } from "./open-database.ts";

/** Prints what is stored about a person, as JSON: for somebody who asks what is known of them. What the audit log seals is
 *  opened with AIRTIME_SECRET_KEY, and left out without it. Exit code 2 when nobody has the address. */
export async function printPerson({ email }: { email: string }): Promise<void> {
  await withDatabase(async (database) => {
    const { config, pool } = database;
    const data = await exportPerson(pool, email);
    if (data === null) return fail(`Nobody has an account with the address ${email}.`, 2);
    const secretKey = config.secretKey !== null || config.demo ? await rootKeyOf(database) : null;
    if (secretKey === null) console.error("Without AIRTIME_SECRET_KEY, what is sealed is left out.");
    const vault =
      secretKey === null ? null : createOrganizationVault(openOrganizationDatabases(pool), secretKey);
    const open = async ({ organizationId, id, sealed, occurredAt, ...event }: AuditEvent) => {
      const { action, operation, subject, result, count } = event;
      // Of what others did to them, who it was and from where is the others' own.
      const isTheirs = event.actor.type === "user" && event.actor.id === data.person.id;
      const actor = isTheirs ? event.actor : { type: event.actor.type };
      const text =
        sealed === null || vault === null || !isTheirs
          ? null
          : await vault.open(organizationId, auditPlace(id), sealed);
      const details: unknown = text === null ? null : JSON.parse(text);
      const at = new Date(occurredAt).toISOString();
      return { org_id: organizationId, id, at, actor, action, operation, subject, result, count, details };
    };
    const audit = await Promise.all(data.audit.map(open));
    console.log(JSON.stringify({ ...data, audit }, null, 2));
  });
}
