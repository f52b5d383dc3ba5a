// Written by bin/api-types.js from openapi.json (npm run openapi). Not to be edited.

export interface ApiKey {
  id: string;
  name: string;
  scopes: ("charge" | "read" | "admin")[];
  prefix: string;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface CostLine {
  component: "base" | "llm" | "model" | "stt" | "tts" | "unit";
  model: string | null;
  quantity: number;
  unit: "minute" | "message" | "unit";
  rate: number;
  amount: number;
}

export interface CreditPackage {
  variant_id: string;
  name: string;
  credits: number;
  price: number;
  currency: string;
  discount_percent: number;
}

export interface Grant {
  amount: number;
  seconds: number | null;
  messages: number | null;
  units: number | null;
  expires_at: string;
  renew_after_seconds: number | null;
  final: boolean;
}

export interface Me {
  success: true;
  user: {
    id: string;
    name: string;
    email: string;
  };
  organizations: {
    id: string;
    name: string;
    role: "owner" | "admin" | "member";
  }[];
  active_organization_id: string | null;
  role: "owner" | "admin" | "member" | null;
}

export interface Member {
  user_id: string;
  name: string | null;
  email: string;
  role: "owner" | "admin" | "member";
  status: "active" | "invited";
  joined_at: string | null;
}

export interface OrganizationSettings {
  grace_limit: number;
  low_balance_threshold: number;
  alert_emails: string[];
  spend_limits: SpendLimit[];
}

export interface PriceVersion {
  version: number;
  organization_id: string | null;
  effective_from: string;
  effective_until: string | null;
  in_force: boolean;
  reason: string | null;
  created_by: string;
  created_at: string;
  rates: Rate[];
}

export interface Problem {
  success: false;
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  request_id: string;
  retry_after_seconds?: number;
  errors?: {
    path: string;
    message: string;
  }[];
}

export interface Rate {
  component: "base" | "llm" | "model" | "stt" | "tts" | "unit";
  architecture: "pipeline" | "realtime" | "text" | "api";
  session_type: string | null;
  key_mode: string | null;
  model: string | null;
  unit_price_id: string | null;
  unit_name: string | null;
  unit: "minute" | "message" | "unit";
  rate: number;
}

export interface Session {
  id: string;
  organization_id: string;
  agent_id: string;
  agent_name: string | null;
  architecture: "pipeline" | "realtime" | "text" | "api";
  session_type: "webcall" | "telephony" | "chat" | "api";
  key_mode: "platform_keys" | "own_keys";
  llm_model: string | null;
  stt_provider: string | null;
  tts_provider: string | null;
  realtime_model: string | null;
  user_id: string | null;
  status: "active" | "stale" | "settled" | "cancelled";
  price_version: number;
  override_version: number | null;
  started_at: string;
  last_report_at: string;
  ended_at: string | null;
  duration_seconds: number;
  messages: number;
  units: number;
  cost: number;
  charged: number;
  uncollected: number;
  held: number;
  breakdown: CostLine[];
  rate_per_minute: number | null;
  rate_per_message: number | null;
  rate_per_unit: number | null;
  grant: Grant | null;
  flags: ("lost" | "late_end" | "duration_exceeds_elapsed" | "usage_regressed" | "default_rate")[];
  transaction_id: string | null;
  started_by: {
    type: string;
    id: string;
    name: string;
  } | null;
  metadata: Record<string, unknown>;
}

export interface SessionDetail {
  id: string;
  organization_id: string;
  agent_id: string;
  agent_name: string | null;
  architecture: "pipeline" | "realtime" | "text" | "api";
  session_type: "webcall" | "telephony" | "chat" | "api";
  key_mode: "platform_keys" | "own_keys";
  llm_model: string | null;
  stt_provider: string | null;
  tts_provider: string | null;
  realtime_model: string | null;
  user_id: string | null;
  status: "active" | "stale" | "settled" | "cancelled";
  price_version: number;
  override_version: number | null;
  started_at: string;
  last_report_at: string;
  ended_at: string | null;
  duration_seconds: number;
  messages: number;
  units: number;
  cost: number;
  charged: number;
  uncollected: number;
  held: number;
  breakdown: CostLine[];
  rate_per_minute: number | null;
  rate_per_message: number | null;
  rate_per_unit: number | null;
  grant: Grant | null;
  flags: ("lost" | "late_end" | "duration_exceeds_elapsed" | "usage_regressed" | "default_rate")[];
  transaction_id: string | null;
  started_by: {
    type: string;
    id: string;
    name: string;
  } | null;
  metadata: Record<string, unknown>;
  transcript?: unknown;
  recording_url?: string;
  analysis?: unknown;
}

export interface SpendLimit {
  scope: "organization" | "agent" | "api_key" | "user";
  period: "day" | "month";
  subject: string | null;
  limit: number;
  spent: number;
  held: number;
  resets_at: string;
}

export interface Statement {
  organization_id: string;
  organization_name: string;
  month: string;
  from: string;
  to: string;
  /** open: the month goes on, and more may follow */
  status: "open" | "closed";
  opening_balance: number;
  top_ups: number;
  usage: number;
  refunds: number;
  adjustments: number;
  expiries: number;
  closing_balance: number;
  usage_by_agent: {
    /** null: all agents beyond the largest 200 */
    agent_id: string | null;
    agent_name: string | null;
    sessions: number;
    duration_seconds: number;
    messages: number;
    units: number;
    amount: number;
  }[];
  /** Everything but usage, oldest first; the first 500 */
  entries: {
    transaction_id: string;
    seq: number;
    created_at: string;
    type: string;
    kind: string;
    description: string;
    amount: number;
  }[];
  entries_total: number;
  first_seq: number | null;
  last_seq: number | null;
  /** Hash of the last transaction up to the month's end */
  head_hash: string;
  /** That hash with its number and the balance, signed: a checkpoint for `airtime verify --checkpoints` */
  signed_head: string | null;
}

export interface StreamMessage {
  type: "credit_added" | "credit_consumed" | "balance_updated" | "session_updated";
  organization_id: string;
  seq: number;
  balance: number;
  held: number;
  available: number;
  status: "ok" | "low" | "depleted" | "grace" | "exhausted";
  /** With the newest message only */
  active_sessions?: number;
  transaction?: Transaction;
  session?: Session;
  created_at: string;
}

export interface Summary {
  success: true;
  organization_id: string;
  balance: number;
  held: number;
  available: number;
  status: "ok" | "low" | "depleted" | "grace" | "exhausted";
  grace_limit: number;
  low_balance_threshold: number;
  active_sessions: number;
  updated_at: string;
  organization_name: string;
  owner_name: string | null;
  total_topups: number;
  total_usage: number;
  total_transactions: number;
  burn_rate_per_minute: number;
  runway_seconds: number | null;
}

export interface Transaction {
  id: string;
  organization_id: string;
  seq: number;
  type: "topup" | "consumption" | "refund" | "adjustment" | "expiry";
  kind: string;
  amount: number;
  balance_before: number;
  balance_after: number;
  description: string;
  billing_session_id: string | null;
  metadata: Record<string, unknown>;
  actor: {
    type: string;
    id: string;
    name: string;
  } | null;
  ip_address: string | null;
  occurred_at: string | null;
  created_at: string;
  hash: string;
}

export interface UsageSeries {
  success: true;
  interval: "hour" | "day";
  group_by: string;
  data: {
    from: string;
    group: string;
    name: string | null;
    amount: number;
    sessions: number;
    duration_seconds: number;
    messages: number;
    units: number;
  }[];
  burn: {
    method: "since_first_usage_of_last_7_days";
    amount: number;
    hours: number;
    per_day: number;
    runway_hours: number | null;
  };
}

export interface Webhook {
  id: string;
  url: string;
  events: ("credit.added" | "credit.low" | "credit.depleted" | "credit.critical" | "credit.recovered" | "session.reauthorize" | "session.terminate" | "session.settled")[];
  enabled: boolean;
  disabled_reason: "requested" | "failing" | "gone" | null;
  failing_since: string | null;
  old_secret_until: string | null;
  created_at: string;
  updated_at: string;
}

export interface WebhookDelivery {
  id: string;
  message_id: string;
  type: string;
  status: "pending" | "delivered" | "failed";
  attempts: number;
  next_attempt_at: string | null;
  attempted_at: string | null;
  response_status: number | null;
  duration_ms: number | null;
  error: string | null;
  created_at: string;
  ended_at: string | null;
}

/** Every operation: what it takes in its path, query and body, and what it answers. */
export interface Operations {
  /** Sign in; sets the session cookie and answers its token */
  "POST /api/auth/sign-in/email": {
    body: {
      email: string;
      password: string;
      rememberMe?: boolean;
    };
    answer: {
      success: true;
    };
  };
  /** The same as /api/auth/sign-in/email */
  "POST /api/auth/sign-in": {
    body: {
      email: string;
      password: string;
      rememberMe?: boolean;
    };
    answer: {
      success: true;
    };
  };
  /** Make an account and sign in; joins the organizations that invited the address */
  "POST /api/auth/sign-up/email": {
    body: {
      name: string;
      email: string;
      password: string;
    };
    answer: {
      success: true;
    };
  };
  /** End the session */
  "POST /api/auth/sign-out": {
    body: Record<string, never>;
    answer: {
      success: true;
    };
  };
  /** The present session and its person */
  "GET /api/auth/get-session": {
    answer: {
      success: true;
    };
  };
  /** Where you are signed in */
  "GET /api/auth/list-sessions": {
    answer: {
      success: true;
    };
  };
  /** Choose the organization that requests mean when they name none */
  "POST /api/auth/organization/set-active": {
    body: {
      organizationId: string;
    };
    answer: {
      success: true;
    };
  };
  /** Change your name */
  "POST /api/auth/update-user": {
    body: {
      name: string;
    };
    answer: {
      success: true;
    };
  };
  /** Change your password */
  "POST /api/auth/change-password": {
    body: {
      currentPassword: string;
      newPassword: string;
      revokeOtherSessions?: boolean;
    };
    answer: {
      success: true;
    };
  };
  /** Sign out everywhere else */
  "POST /api/auth/revoke-other-sessions": {
    body: Record<string, never>;
    answer: {
      success: true;
    };
  };
  /** The signed-in person */
  "GET /api/me": {
    answer: Me;
  };
  /** The organizations you belong to */
  "GET /api/organizations": {
    answer: {
      success: true;
      data: {
        id: string;
        name: string;
        role: "owner" | "admin" | "member";
      }[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** Create an organization and own it */
  "POST /api/organizations": {
    body: {
      name: string;
    };
    answer: {
      success: true;
      organization: {
        id: string;
        name: string;
        role: "owner" | "admin" | "member";
      };
    };
  };
  /** Members and invited people */
  "GET /api/organizations/{id}/members": {
    path: {
      id: string;
    };
    answer: {
      success: true;
      data: Member[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** Add a person by email address */
  "POST /api/organizations/{id}/members": {
    path: {
      id: string;
    };
    body: {
      email: string;
      role?: "admin" | "member";
    };
    answer: {
      success: true;
      member: Member;
    };
  };
  /** Change a member's role */
  "PATCH /api/organizations/{id}/members/{user_id}": {
    path: {
      id: string;
      user_id: string;
    };
    body: {
      role: "admin" | "member";
    };
    answer: {
      success: true;
      member: Member;
    };
  };
  /** Remove a member or an invitation, or leave */
  "DELETE /api/organizations/{id}/members/{user_id}": {
    path: {
      id: string;
      user_id: string;
    };
    answer: {
      success: true;
    };
  };
  /** Make another member the Owner */
  "POST /api/organizations/{id}/transfer-ownership": {
    path: {
      id: string;
    };
    body: {
      user_id: string;
    };
    answer: {
      success: true;
      member: Member;
    };
  };
  /** API keys, the revoked ones too */
  "GET /api/organizations/{id}/api-keys": {
    path: {
      id: string;
    };
    answer: {
      success: true;
      data: ApiKey[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** Create an API key */
  "POST /api/organizations/{id}/api-keys": {
    path: {
      id: string;
    };
    body: {
      name: string;
      scopes: ("charge" | "read" | "admin")[];
    };
    answer: {
      success: true;
      api_key: {
        id: string;
        name: string;
        scopes: ("charge" | "read" | "admin")[];
        prefix: string;
        created_at: string;
        key: string;
      };
    };
  };
  /** Revoke an API key */
  "DELETE /api/organizations/{id}/api-keys/{key_id}": {
    path: {
      id: string;
      key_id: string;
    };
    answer: {
      success: true;
    };
  };
  /** Billing settings */
  "GET /api/organizations/{id}/settings": {
    path: {
      id: string;
    };
    answer: {
      success: true;
      settings: OrganizationSettings;
    };
  };
  /** Change billing settings */
  "PATCH /api/organizations/{id}/settings": {
    path: {
      id: string;
    };
    body: {
      grace_limit?: number;
      low_balance_threshold?: number;
      alert_emails?: string[];
      spend_limits?: {
        scope: "organization" | "agent" | "api_key" | "user";
        period: "day" | "month";
        subject?: string | null;
        limit: number;
      }[];
    };
    answer: {
      success: true;
      settings: OrganizationSettings;
    };
  };
  /** The audit log, newest first */
  "GET /api/billing/audit": {
    query?: {
      organization_id?: string;
      action?: string;
      actor_id?: string;
      from?: string;
      to?: string;
      limit?: string;
      offset?: string;
    };
    answer: {
      success: true;
      data: {
        id: string;
        seq: number;
        at: string;
        until: string;
        actor: {
          type: "user" | "api_key" | "operator" | "system" | "anonymous";
          id: string | null;
          name: string | null;
        };
        action: string;
        operation: string | null;
        description: string;
        subject: string | null;
        result: string;
        count: number;
        ip_address: string | null;
        user_agent: string | null;
        before: Record<string, unknown> | null;
        after: Record<string, unknown> | null;
        input: Record<string, unknown> | null;
        operations: Record<string, number> | null;
        hash: string;
      }[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** The audit log as a CSV or JSON file, oldest first */
  "GET /api/billing/audit/export": {
    query?: {
      organization_id?: string;
      action?: string;
      actor_id?: string;
      from?: string;
      to?: string;
      format?: "csv" | "json";
    };
    answer: unknown;
  };
  /** What is in no organization's audit log, newest first */
  "GET /api/billing/audit/platform": {
    query?: {
      action?: string;
      actor_id?: string;
      from?: string;
      to?: string;
      limit?: string;
      offset?: string;
    };
    answer: {
      success: true;
      data: {
        id: string;
        seq: number;
        at: string;
        until: string;
        actor: {
          type: "user" | "api_key" | "operator" | "system" | "anonymous";
          id: string | null;
          name: string | null;
        };
        action: string;
        operation: string | null;
        description: string;
        subject: string | null;
        result: string;
        count: number;
        ip_address: string | null;
        user_agent: string | null;
        before: Record<string, unknown> | null;
        after: Record<string, unknown> | null;
        input: Record<string, unknown> | null;
        operations: Record<string, number> | null;
        hash: string;
      }[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** Authorize and open a session */
  "POST /api/billing/sessions": {
    body: {
      organization_id?: string;
      session_id?: string;
      architecture: "pipeline" | "realtime" | "text" | "api";
      session_type?: "webcall" | "telephony" | "chat" | "api";
      key_mode?: "platform_keys" | "own_keys";
      llm_model?: string;
      stt_provider?: string;
      tts_provider?: string;
      realtime_model?: string;
      agent_id: string;
      agent_name?: string;
      user_id?: string;
      metadata?: Record<string, unknown>;
    };
    answer: {
      success: true;
      session: Session;
      grant: Grant | null;
      balance: number;
      available: number;
    };
  };
  /** Billing sessions, newest first */
  "GET /api/billing/sessions": {
    query?: {
      organization_id?: string;
      agent_id?: string;
      architecture?: "pipeline" | "realtime" | "text" | "api";
      search?: string;
      from?: string;
      to?: string;
      status?: string;
      limit?: string;
      offset?: string;
    };
    answer: {
      success: true;
      data: Session[];
      total: number;
      total_is_exact: boolean;
      limit: number;
      offset: number;
    };
  };
  /** Report usage and renew the grant */
  "POST /api/billing/sessions/{id}/usage": {
    path: {
      id: string;
    };
    body: {
      organization_id?: string;
      seq: number;
      duration_seconds?: number;
      messages?: number;
      units?: number;
    };
    answer: {
      success: true;
      session: Session;
      grant: Grant | null;
      balance: number;
      available: number;
      action: "continue" | "terminate";
    };
  };
  /** End and settle a session */
  "POST /api/billing/sessions/{id}/end": {
    path: {
      id: string;
    };
    body: {
      organization_id?: string;
      duration_seconds?: number;
      messages?: number;
      units?: number;
      ended_at?: string;
      reason?: string;
      transcript?: string | {
        role: string;
        text: string;
        at_seconds?: number;
      }[];
      recording_url?: string;
      analysis?: Record<string, unknown>;
    };
    answer: {
      success: true;
      session: Session;
      transaction: Transaction | null;
    };
  };
  /** Cancel a session whose call never connected */
  "POST /api/billing/sessions/{id}/cancel": {
    path: {
      id: string;
    };
    body: {
      organization_id?: string;
    };
    answer: {
      success: true;
      session: Session;
      balance: number;
      available: number;
    };
  };
  /** Charge a finished event */
  "POST /api/billing/usage": {
    body: {
      organization_id?: string;
      event_id: string;
      architecture: "pipeline" | "realtime" | "text" | "api";
      session_type?: "webcall" | "telephony" | "chat" | "api";
      key_mode?: "platform_keys" | "own_keys";
      llm_model?: string;
      stt_provider?: string;
      tts_provider?: string;
      realtime_model?: string;
      agent_id: string;
      agent_name?: string;
      user_id?: string;
      metadata?: Record<string, unknown>;
      duration_seconds?: number;
      messages?: number;
      units?: number;
      unit_price_id?: string;
      description?: string;
      occurred_at?: string;
    };
    answer: {
      success: true;
      transaction: Transaction | null;
    };
  };
  /** Usage by hour or day and by agent, architecture, component, API key or end user */
  "GET /api/billing/usage": {
    query?: {
      organization_id?: string;
      from?: string;
      to?: string;
      interval?: "hour" | "day";
      group_by?: "agent" | "architecture" | "component" | "api_key" | "user";
    };
    answer: UsageSeries;
  };
  /** Charge up to 1,000 finished events */
  "POST /api/billing/usage/batch": {
    body: {
      organization_id?: string;
      events: {
        event_id: string;
        architecture: "pipeline" | "realtime" | "text" | "api";
        session_type?: "webcall" | "telephony" | "chat" | "api";
        key_mode?: "platform_keys" | "own_keys";
        llm_model?: string;
        stt_provider?: string;
        tts_provider?: string;
        realtime_model?: string;
        agent_id: string;
        agent_name?: string;
        user_id?: string;
        metadata?: Record<string, unknown>;
        duration_seconds?: number;
        messages?: number;
        units?: number;
        unit_price_id?: string;
        description?: string;
        occurred_at?: string;
      }[];
    };
    answer: {
      success: true;
      results: {
        event_id: string;
        status: "charged" | "duplicate" | "refused" | "conflict";
        transaction_id?: string | null;
        code?: string;
      }[];
    };
  };
  /** Grant, adjust or refund credits */
  "POST /api/billing/credits": {
    body: {
      organization_id: string;
      credit_id: string;
      kind: "manual_grant" | "welcome" | "startup_grant" | "adjustment" | "usage_refund";
      amount: number;
      description?: string;
      transaction_id?: string;
      reason: string;
    };
    answer: {
      success: true;
      transaction: Transaction | null;
    };
  };
  /** The rates in force */
  "GET /api/billing/pricing": {
    query?: {
      organization_id?: string;
    };
    answer: {
      success: true;
      version: number;
      override_version: number | null;
      effective_from: string;
      currency: "USD";
      rates: Rate[];
    };
  };
  /** The price of a described session, and how long the balance lasts */
  "POST /api/billing/quotes": {
    body: {
      organization_id?: string;
      architecture: "pipeline" | "realtime" | "text" | "api";
      session_type?: "webcall" | "telephony" | "chat" | "api";
      key_mode?: "platform_keys" | "own_keys";
      llm_model?: string;
      stt_provider?: string;
      tts_provider?: string;
      realtime_model?: string;
      agent_id?: string;
      agent_name?: string;
      user_id?: string;
      metadata?: Record<string, unknown>;
      duration_seconds?: number;
      messages?: number;
      units?: number;
      unit_price_id?: string;
    };
    answer: {
      success: true;
      cost: number;
      breakdown: CostLine[];
      rate_per_minute: number | null;
      rate_per_message: number | null;
      rate_per_unit: number | null;
      runway_seconds: number | null;
      runway_messages: number | null;
      runway_units: number | null;
      max_concurrent: number | null;
      spend_limit: SpendLimit | null;
    };
  };
  /** Would a session be authorized now? */
  "POST /api/billing/check": {
    body: {
      organization_id?: string;
      architecture: "pipeline" | "realtime" | "text" | "api";
      session_type?: "webcall" | "telephony" | "chat" | "api";
      key_mode?: "platform_keys" | "own_keys";
      llm_model?: string;
      stt_provider?: string;
      tts_provider?: string;
      realtime_model?: string;
      agent_id?: string;
      agent_name?: string;
      user_id?: string;
      metadata?: Record<string, unknown>;
    };
    answer: {
      success: true;
      allowed: boolean;
      balance: number;
      available: number;
      held: number;
      grace_limit: number;
      remaining_grace: number;
      max_seconds: number | null;
      max_messages: number | null;
      max_units: number | null;
      spend_limit: SpendLimit | null;
      code?: "insufficient_credits" | "credits_reserved" | "spend_limit_reached";
    };
  };
  /** Every price version, the latest date first */
  "GET /api/billing/price-versions": {
    query?: {
      organization_id?: string;
      limit?: string;
      offset?: string;
    };
    answer: {
      success: true;
      data: PriceVersion[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** Add a price version, or preview one */
  "POST /api/billing/price-versions": {
    body: {
      organization_id?: string;
      preview?: boolean;
      effective_from?: string;
      reason: string;
      rates: {
        component: "base" | "llm" | "model" | "stt" | "tts" | "unit";
        architecture: "pipeline" | "realtime" | "text" | "api";
        session_type?: "webcall" | "telephony" | "chat" | "api" | null;
        key_mode?: "platform_keys" | "own_keys" | null;
        model?: string | null;
        unit_price_id?: string | null;
        unit_name?: string | null;
        unit?: "minute" | "message" | "unit";
        rate: number;
      }[];
    };
    answer: {
      success: true;
      preview: boolean;
      version: number | null;
      organization_id: string | null;
      effective_from: string;
      changes: {
        component: "base" | "llm" | "model" | "stt" | "tts" | "unit";
        architecture: "pipeline" | "realtime" | "text" | "api";
        session_type: string | null;
        key_mode: string | null;
        model: string | null;
        unit_price_id: string | null;
        from: number | null;
        to: number | null;
      }[];
      examples: {
        example: string;
        before: number | null;
        after: number | null;
      }[];
    };
  };
  /** Transactions as a CSV or JSON file, oldest first */
  "GET /api/billing/export": {
    query?: {
      organization_id?: string;
      from?: string;
      to?: string;
      type?: "all" | "topup" | "consumption" | "refund" | "adjustment" | "expiry";
      after_seq?: string;
      format?: "csv" | "json";
    };
    answer: unknown;
  };
  /** The months that have a statement, newest first */
  "GET /api/billing/statements": {
    query?: {
      organization_id?: string;
      limit?: string;
      offset?: string;
    };
    answer: {
      success: true;
      data: {
        month: string;
        from: string;
        to: string;
        /** open: the month goes on */
        status: "open" | "closed";
      }[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** A month's statement, as JSON or PDF */
  "GET /api/billing/statements/{month}": {
    path: {
      month: string;
    };
    query?: {
      organization_id?: string;
      format?: "json" | "pdf";
    };
    answer: {
      success: true;
      data: Statement;
    };
  };
  /** How many billing sessions are in each state */
  "GET /api/billing/session-counts": {
    query?: {
      organization_id?: string;
      agent_id?: string;
      architecture?: "pipeline" | "realtime" | "text" | "api";
      search?: string;
      from?: string;
      to?: string;
    };
    answer: {
      success: true;
      data: {
        active: number;
        stale: number;
        settled: number;
        cancelled: number;
      };
      is_exact: boolean;
    };
  };
  /** One billing session with its breakdown and artifacts */
  "GET /api/billing/sessions/{id}": {
    path: {
      id: string;
    };
    query?: {
      organization_id?: string;
    };
    answer: {
      success: true;
      data: SessionDetail;
    };
  };
  /** Add transcript, recording or analysis */
  "PUT /api/billing/sessions/{id}/artifacts": {
    path: {
      id: string;
    };
    body: {
      organization_id?: string;
      transcript?: string | {
        role: string;
        text: string;
        at_seconds?: number;
      }[];
      recording_url?: string;
      analysis?: Record<string, unknown>;
    };
    answer: {
      success: true;
    };
  };
  /** The balance, what is held of it, and what is available */
  "GET /api/billing/balance/{organization_id}": {
    path: {
      organization_id: string;
    };
    answer: {
      success: true;
      organization_id: string;
      balance: number;
      held: number;
      available: number;
      status: "ok" | "low" | "depleted" | "grace" | "exhausted";
      grace_limit: number;
      low_balance_threshold: number;
      active_sessions: number;
      updated_at: string;
    };
  };
  /** Transactions, newest first */
  "GET /api/billing/history": {
    query?: {
      organization_id?: string;
      limit?: string;
      offset?: string;
      type?: "all" | "topup" | "consumption" | "refund" | "adjustment" | "expiry";
    };
    answer: {
      success: true;
      data: Transaction[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** One transaction */
  "GET /api/billing/transactions/{id}": {
    path: {
      id: string;
    };
    query?: {
      organization_id?: string;
    };
    answer: {
      success: true;
      data: Transaction;
    };
  };
  /** The four cards, and how long the balance lasts */
  "GET /api/billing/summary": {
    query?: {
      organization_id?: string;
    };
    answer: Summary;
  };
  /** A link to the payment provider's receipt */
  "GET /api/billing/transactions/{id}/receipt": {
    path: {
      id: string;
    };
    query?: {
      organization_id?: string;
    };
    answer: {
      success: true;
      receipt_url: string;
      expires_at: string | null;
    };
  };
  /** Packages on sale */
  "GET /api/billing/packages": {
    query?: {
      organization_id?: string;
    };
    answer: {
      success: true;
      data: CreditPackage[];
      total: number;
      limit: number;
      offset: number;
      overlay_script_url: string;
    };
  };
  /** Open a checkout for a package */
  "POST /api/billing/checkout": {
    body: {
      variantId?: string | number;
      variant_id?: string | number;
      organization_id?: string;
    };
    answer: {
      success: true;
      checkout_url: string;
      checkout_id: string;
      expires_at: string;
    };
  };
  /** What became of a checkout */
  "GET /api/billing/checkouts/{id}": {
    path: {
      id: string;
    };
    query?: {
      organization_id?: string;
    };
    answer: {
      success: true;
      checkout_id: string;
      status: "open" | "paid" | "refunded" | "expired";
      transaction_id: string | null;
    };
  };
  /** News as it happens, over a WebSocket */
  "GET /api/billing/stream": {
    query?: {
      organization_id?: string;
      after_seq?: string;
    };
    answer: StreamMessage;
  };
  /** Webhooks, the oldest first */
  "GET /api/organizations/{id}/webhooks": {
    path: {
      id: string;
    };
    answer: {
      success: true;
      data: Webhook[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** Add a webhook */
  "POST /api/organizations/{id}/webhooks": {
    path: {
      id: string;
    };
    body: {
      url: string;
      events: ("credit.added" | "credit.low" | "credit.depleted" | "credit.critical" | "credit.recovered" | "session.reauthorize" | "session.terminate" | "session.settled")[];
    };
    answer: {
      success: true;
      webhook: {
        id: string;
        url: string;
        events: ("credit.added" | "credit.low" | "credit.depleted" | "credit.critical" | "credit.recovered" | "session.reauthorize" | "session.terminate" | "session.settled")[];
        enabled: boolean;
        disabled_reason: "requested" | "failing" | "gone" | null;
        failing_since: string | null;
        old_secret_until: string | null;
        created_at: string;
        updated_at: string;
        secret: string;
      };
    };
  };
  /** One webhook */
  "GET /api/organizations/{id}/webhooks/{webhook_id}": {
    path: {
      id: string;
      webhook_id: string;
    };
    answer: {
      success: true;
      webhook: Webhook;
    };
  };
  /** Change a webhook's address or events, turn it off or on */
  "PATCH /api/organizations/{id}/webhooks/{webhook_id}": {
    path: {
      id: string;
      webhook_id: string;
    };
    body: {
      url?: string;
      events?: ("credit.added" | "credit.low" | "credit.depleted" | "credit.critical" | "credit.recovered" | "session.reauthorize" | "session.terminate" | "session.settled")[];
      enabled?: boolean;
    };
    answer: {
      success: true;
      webhook: Webhook;
    };
  };
  /** Remove a webhook, with its log */
  "DELETE /api/organizations/{id}/webhooks/{webhook_id}": {
    path: {
      id: string;
      webhook_id: string;
    };
    answer: {
      success: true;
    };
  };
  /** Give a webhook a new secret */
  "POST /api/organizations/{id}/webhooks/{webhook_id}/rotate-secret": {
    path: {
      id: string;
      webhook_id: string;
    };
    answer: {
      success: true;
      webhook: {
        id: string;
        url: string;
        events: ("credit.added" | "credit.low" | "credit.depleted" | "credit.critical" | "credit.recovered" | "session.reauthorize" | "session.terminate" | "session.settled")[];
        enabled: boolean;
        disabled_reason: "requested" | "failing" | "gone" | null;
        failing_since: string | null;
        old_secret_until: string | null;
        created_at: string;
        updated_at: string;
        secret: string;
      };
    };
  };
  /** The delivery log, newest first */
  "GET /api/organizations/{id}/webhooks/{webhook_id}/deliveries": {
    path: {
      id: string;
      webhook_id: string;
    };
    query?: {
      status?: "pending" | "delivered" | "failed";
      limit?: string;
      offset?: string;
    };
    answer: {
      success: true;
      data: WebhookDelivery[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /** One delivery, with what was sent and the beginning of the last answer */
  "GET /api/organizations/{id}/webhooks/{webhook_id}/deliveries/{delivery_id}": {
    path: {
      id: string;
      webhook_id: string;
      delivery_id: string;
    };
    answer: {
      success: true;
      delivery: {
        id: string;
        message_id: string;
        type: string;
        status: "pending" | "delivered" | "failed";
        attempts: number;
        next_attempt_at: string | null;
        attempted_at: string | null;
        response_status: number | null;
        duration_ms: number | null;
        error: string | null;
        created_at: string;
        ended_at: string | null;
        body: string | null;
        response_body: string | null;
      };
    };
  };
  /** Send a delivery's message once more */
  "POST /api/organizations/{id}/webhooks/{webhook_id}/deliveries/{delivery_id}/resend": {
    path: {
      id: string;
      webhook_id: string;
      delivery_id: string;
    };
    answer: {
      success: true;
      delivery: WebhookDelivery;
    };
  };
  /** Send a test event */
  "POST /api/organizations/{id}/webhooks/{webhook_id}/test": {
    path: {
      id: string;
      webhook_id: string;
    };
    answer: {
      success: true;
      delivery: WebhookDelivery;
    };
  };
}
