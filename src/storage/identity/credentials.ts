import type pg from "pg";
import type { Role, Scope } from "../../domain/policy/authorization.ts";
import type { KeyCredential, Membership } from "../../domain/policy/organization.ts";

/** Recognises callers. Reads of one statement each, because every request needs one. */
export function createCredentialReader(pool: pg.Pool) {
  return {
    /** The live key with this SHA-256; null when unknown or revoked. Notes once a minute that it was used. */
    async findKeyByHash(hash: Buffer): Promise<KeyCredential | null> {
      const [found] = await findKeysByHash(pool, [hash]);
      return found?.credential ?? null;
    },

    /** The live ones among the keys with these SHA-256. Notes once a minute that they were used. */
    findKeysByHash: (hashes: readonly Buffer[]) => findKeysByHash(pool, hashes),

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

    /** Who has an account under this address, with the organizations they are in; null when nobody has. */
    async findPersonByEmail(email: string): Promise<FoundPerson | null> {
      const { rows } = await pool.query<{ id: string; name: string; org_ids: string[] }>(FIND_PERSON, [
        email.toLowerCase(),
      ]);
      const row = rows[0];
      return row === undefined ? null : { userId: row.id, name: row.name, organizationIds: row.org_ids };
    },

    async organizationExists(organizationId: string): Promise<boolean> {
      const { rowCount } = await pool.query({ ...FIND_ORGANIZATION, values: [organizationId] });
      return rowCount === 1;
    },
  };
}

async function findKeysByHash(pool: pg.Pool, hashes: readonly Buffer[]): Promise<FoundKey[]> {
  const { rows } = await pool.query<KeyRow>(FIND_KEYS, [hashes]);
  const untouched = rows.filter((row) => row.needs_touch);
  if (untouched.length > 0) {
    await pool.query(TOUCH_KEYS, [untouched.map((row) => row.org_id), untouched.map((row) => row.id)]);
  }
  return rows.map(({ hash, org_id, id, name, scopes }) => ({
    hash,
    credential: { keyId: id, name, organizationId: org_id, scopes },
  }));
}

export type SignedInPerson = {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly activeOrganizationId: string | null;
  readonly memberships: readonly Membership[];
};

type FoundPerson = {
  readonly userId: string;
  readonly name: string;
  readonly organizationIds: readonly string[];
};

type FoundKey = { readonly hash: Buffer; readonly credential: KeyCredential };

type KeyRow = {
  hash: Buffer;
  org_id: string;
  id: string;
  name: string;
  scopes: Scope[];
  needs_touch: boolean;
};

type PersonRow = {
  user_id: string;
  name: string;
  email: string;
  active_org_id: string | null;
  org_id: string | null;
  org_name: string | null;
  role: Role | null;
};

// Not prepared: a plan made for one key, or while the table was empty, would be kept for thousands.
const FIND_KEYS = `
  select hash, org_id, id, name, scopes,
    last_used_at is null or last_used_at < now() - interval '1 minute' as needs_touch
  from api_key where hash = any($1::bytea[]) and revoked_at is null`;

// Two processes note the same keys in any order: whoever is second leaves the row to the first.
const TOUCH_KEYS = `
  with used as materialized (
    select k.org_id, k.id
    from api_key k
    join unnest($1::text[], $2::text[]) as used (org_id, id) on k.org_id = used.org_id and k.id = used.id
    for update of k skip locked
  )
  update api_key k set last_used_at = now() from used where k.org_id = used.org_id and k.id = used.id`;

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

const FIND_PERSON = `
  select id, name, array(select org_id from member where user_id = person.id order by org_id) as org_ids
  from person where email = $1`;

const FIND_ORGANIZATION = {
  name: "identity.find_organization",
  text: "select 1 from organization where id = $1",
};

function membershipOf(row: PersonRow): Membership[] {
  if (row.org_id === null || row.org_name === null || row.role === null) return [];
  return [{ organizationId: row.org_id, organizationName: row.org_name, role: row.role }];
}
