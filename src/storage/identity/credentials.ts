import type pg from "pg";
import type { Role, Scope } from "../../domain/policy/authorization.ts";
import type { KeyCredential, Membership } from "../../domain/policy/organization.ts";

/** Recognises callers. Reads of one statement each, because every request needs one. */
export function createCredentialReader(pool: pg.Pool) {
  return {
    /** The live key with this SHA-256; null when unknown or revoked. Notes once a minute that it was used. */
    async findKeyByHash(hash: Buffer): Promise<KeyCredential | null> {
      const { rows } = await pool.query<KeyRow>({ ...FIND_KEY, values: [hash] });
      const row = rows[0];
      if (row === undefined) return null;
      if (row.needs_touch) await pool.query({ ...TOUCH_KEY, values: [row.org_id, row.id] });
      return { keyId: row.id, name: row.name, organizationId: row.org_id, scopes: row.scopes };
    },

    /** Who is signed in with this session token, with every organization of theirs, the earliest joined first; null
     *  when the session is unknown or over. */
    async findSession(token: string): Promise<SignedInPerson | null> {
      const { rows } = await pool.query<PersonRow>({ ...FIND_SESSION, values: [token] });
      const first = rows[0];
      if (first === undefined) return null;
      return {
        userId: first.user_id,
        name: first.name,
        email: first.email,
        activeOrganizationId: first.active_org_id,
        memberships: rows.flatMap(membershipOf),
      };
    },

    async organizationExists(organizationId: string): Promise<boolean> {
      const { rowCount } = await pool.query({ ...FIND_ORGANIZATION, values: [organizationId] });
      return rowCount === 1;
    },
  };
}

export type SignedInPerson = {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly activeOrganizationId: string | null;
  readonly memberships: readonly Membership[];
};

type KeyRow = { org_id: string; id: string; name: string; scopes: Scope[]; needs_touch: boolean };

type PersonRow = {
  user_id: string;
  name: string;
  email: string;
  active_org_id: string | null;
  org_id: string | null;
  org_name: string | null;
  role: Role | null;
};

const FIND_KEY = {
  name: "identity.find_key",
  text: `
    select org_id, id, name, scopes,
      last_used_at is null or last_used_at < now() - interval '1 minute' as needs_touch
    from api_key where hash = $1 and revoked_at is null`,
};

const TOUCH_KEY = {
  name: "identity.touch_key",
  text: "update api_key set last_used_at = now() where org_id = $1 and id = $2",
};

const FIND_SESSION = {
  name: "identity.find_session",
  text: `
    select p.id as user_id, p.name, p.email, s.active_org_id, m.org_id, o.name as org_name, m.role
    from person_session s
    join person p on p.id = s.user_id
    left join member m on m.user_id = p.id
    left join organization o on o.id = m.org_id
    where s.token = $1 and s.expires_at > now()
    order by m.created_at, m.org_id`,
};

const FIND_ORGANIZATION = {
  name: "identity.find_organization",
  text: "select 1 from organization where id = $1",
};

function membershipOf(row: PersonRow): Membership[] {
  if (row.org_id === null || row.org_name === null || row.role === null) return [];
  return [{ organizationId: row.org_id, organizationName: row.org_name, role: row.role }];
}
