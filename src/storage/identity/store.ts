import type { Role, Scope } from "../../domain/policy/authorization.ts";
import type { ApiKey, Member } from "../../domain/policy/organization.ts";
import type { Queryable } from "../organization-database.ts";
import { newId } from "./new-id.ts";

/** Organizations, members and keys on one connection: within a transaction, all of it or nothing. */
export function createIdentityStore(database: Queryable) {
  return { ...organizationStatements(database), ...memberStatements(database), ...keyStatements(database) };
}

function organizationStatements(database: Queryable) {
  return {
    /** The organization and its Owner. */
    async insertOrganization(organization: { id: string; name: string; ownerId: string }): Promise<void> {
      await database.query("insert into organization (id, name, slug) values ($1, $2, $1)", [
        organization.id,
        organization.name,
      ]);
      await insertMember(database, {
        organizationId: organization.id,
        userId: organization.ownerId,
        role: "owner",
      });
    },
  };
}

function memberStatements(database: Queryable) {
  return {
    async listMembers(organizationId: string): Promise<readonly Member[]> {
      const { rows } = await database.query<MemberRow>(
        `${SELECT_MEMBERS} order by joined_at nulls last, email`,
        [organizationId],
      );
      return rows.map(memberOf);
    },

    /** Locks the organization against concurrent changes of its members; the one named (by user or invitation). */
    async lockMember(organizationId: string, userId: string): Promise<Member | null> {
      await database.query("select 1 from organization where id = $1 for no key update", [organizationId]);
      const { rows } = await database.query<MemberRow>(`${SELECT_MEMBERS} and user_id = $2`, [
        organizationId,
        userId,
      ]);
      return rows[0] === undefined ? null : memberOf(rows[0]);
    },

    async findAccountByEmail(email: string): Promise<{ userId: string; name: string } | null> {
      const { rows } = await database.query<{ id: string; name: string }>(
        "select id, name from person where email = $1",
        [email.toLowerCase()],
      );
      const row = rows[0];
      return row === undefined ? null : { userId: row.id, name: row.name };
    },

    insertMember: (member: NewMember): Promise<void> => insertMember(database, member),

    /** Invites the address for 14 days, or renews the invitation it has. */
    async upsertInvitation(invitation: NewInvitation): Promise<Member> {
      const { rows } = await database.query<MemberRow>(UPSERT_INVITATION, [
        invitation.organizationId,
        invitation.id,
        invitation.email.toLowerCase(),
        invitation.role,
        invitation.inviterId,
      ]);
      if (rows[0] === undefined) throw new Error("an invitation was neither made nor renewed");
      return memberOf(rows[0]);
    },

    async updateRole(organizationId: string, userId: string, role: Role): Promise<boolean> {
      const member = await database.query("update member set role = $3 where org_id = $1 and user_id = $2", [
        organizationId,
        userId,
        role,
      ]);
      if (member.rowCount === 1) return true;
      const invitation = await database.query(
        "update invitation set role = $3 where org_id = $1 and id = $2 and status = 'pending'",
        [organizationId, userId, role],
      );
      return invitation.rowCount === 1;
    },

    async deleteMember(organizationId: string, userId: string): Promise<boolean> {
      const { rowCount } = await database.query(DELETE_MEMBER, [organizationId, userId]);
      return rowCount === 1;
    },
  };
}

function keyStatements(database: Queryable) {
  return {
    async listApiKeys(organizationId: string): Promise<readonly ApiKey[]> {
      const { rows } = await database.query<KeyRow>(
        `select ${KEY_COLUMNS} from api_key where org_id = $1 order by created_at desc, id desc`,
        [organizationId],
      );
      return rows.map(keyOf);
    },

    async insertApiKey(key: NewKey): Promise<ApiKey> {
      const { rows } = await database.query<KeyRow>(
        `insert into api_key (org_id, id, name, scopes, prefix, hash, created_by)
         values ($1, $2, $3, $4, $5, $6, $7) returning ${KEY_COLUMNS}`,
        [key.organizationId, key.id, key.name, key.scopes, key.prefix, key.hash, key.createdBy],
      );
      if (rows[0] === undefined) throw new Error("a key was not stored");
      return keyOf(rows[0]);
    },

    /** Null when the organization has no such live key. */
    async revokeApiKey(organizationId: string, keyId: string): Promise<{ readonly hash: Buffer } | null> {
      const { rows } = await database.query<{ hash: Buffer }>(
        `update api_key set revoked_at = now()
         where org_id = $1 and id = $2 and revoked_at is null returning hash`,
        [organizationId, keyId],
      );
      return rows[0] ?? null;
    },
  };
}

type NewMember = { readonly organizationId: string; readonly userId: string; readonly role: Role };

type NewInvitation = {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
  readonly inviterId: string | null;
};

type NewKey = {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly prefix: string;
  readonly hash: Buffer;
  readonly createdBy: string;
};

type MemberRow = {
  user_id: string;
  name: string | null;
  email: string;
  role: Role;
  status: "active" | "invited";
  joined_at: Date | null;
};

type KeyRow = {
  id: string;
  name: string;
  scopes: Scope[];
  prefix: string;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
};

const SELECT_MEMBERS = `
  select user_id, name, email, role, status, joined_at from (
    select m.org_id, m.user_id, p.name, p.email, m.role, 'active' as status, m.created_at as joined_at
    from member m join person p on p.id = m.user_id
    union all
    select org_id, id, null, email, role, 'invited', null
    from invitation where status = 'pending' and expires_at > now()
  ) as everyone where org_id = $1`;

const UPSERT_INVITATION = `
  insert into invitation (org_id, id, email, role, status, inviter_id, expires_at)
  values ($1, $2, $3, $4, 'pending', $5, now() + interval '14 days')
  on conflict (org_id, email) do update
    set role = excluded.role, status = 'pending', inviter_id = excluded.inviter_id, expires_at = excluded.expires_at
  returning id as user_id, null as name, email, role, 'invited' as status, null::timestamptz as joined_at`;

const DELETE_MEMBER = `
  with removed_member as (
    delete from member where org_id = $1 and user_id = $2 and role <> 'owner' returning 1
  ), removed_invitation as (
    delete from invitation where org_id = $1 and id = $2 and status = 'pending' returning 1
  )
  select 1 from removed_member union all select 1 from removed_invitation`;

const KEY_COLUMNS = "id, name, scopes, prefix, created_at, last_used_at, revoked_at";

async function insertMember(database: Queryable, member: NewMember): Promise<void> {
  await database.query("insert into member (org_id, id, user_id, role) values ($1, $2, $3, $4)", [
    member.organizationId,
    newId("mem"),
    member.userId,
    member.role,
  ]);
}

function memberOf(row: MemberRow): Member {
  return {
    userId: row.user_id,
    name: row.name,
    email: row.email,
    role: row.role,
    status: row.status,
    joinedAt: row.joined_at,
  };
}

function keyOf(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    prefix: row.prefix,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
