import { auditPlace, createAuditLog } from "../application/audit-log.ts";
import type { AuditDetails } from "../domain/audit/audit-event.ts";
import { registerAuditRoutes } from "../http/routes/audit.ts";
import type { RegisterRoutes } from "../http/server.ts";
import { appendAuditEvents } from "../storage/audit/append-events.ts";
import { exportAuditEvents, listAuditEvents } from "../storage/audit/read-events.ts";
import { createCredentialReader } from "../storage/identity/credentials.ts";
import { newId } from "../storage/identity/new-id.ts";
import { inTransaction } from "../storage/in-transaction.ts";
import { openOrganizationDatabases } from "../storage/organization-database.ts";
import type { OrganizationVault } from "../storage/organization-vault.ts";
import type { Foundation } from "./foundation.ts";

/** Who did what: written with the organizations' keys, read by their Owners. */
export function wireAudit({ pool, readingPool, closers, log: logger }: Foundation, vault: OrganizationVault) {
  const log = createAuditLog({
    ...vault,
    appendAudit: (drafts) => inTransaction(pool, (client) => appendAuditEvents(client, drafts)),
    newId,
    now: Date.now,
  });
  closers.push(() =>
    log
      .flush("all")
      .catch((error) => logger.error({ err: error }, "reads were not written to the audit log")),
  );
  const databases = openOrganizationDatabases(readingPool);
  const routes: RegisterRoutes = (server) =>
    registerAuditRoutes(server, {
      flush: () => log.flush("all"),
      list: (organizationId, filter, page) => listAuditEvents(databases.of(organizationId), filter, page),
      exported: (organizationId, filter) => exportAuditEvents(databases.of(organizationId), filter),
      async open({ organizationId, id, sealed }): Promise<AuditDetails | null> {
        const text = sealed === null ? null : await vault.open(organizationId, auditPlace(id), sealed);
        return text === null ? null : JSON.parse(text);
      },
    });
  return { log, people: createCredentialReader(pool), routes };
}
