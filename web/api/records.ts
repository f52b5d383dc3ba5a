/** What the service's JSON holds, as the contract writes it. Money is in credits with at most 4 decimals, times are RFC 3339 UTC. */

export type AccountStatus = "ok" | "low" | "depleted" | "grace" | "exhausted";
export type Role = "owner" | "admin" | "member";

export interface Summary {
  organization_id: string;
  organization_name: string;
  balance: number;
  held: number;
  available: number;
  status: AccountStatus;
  grace_limit: number;
  low_balance_threshold: number;
  total_topups: number;
  total_usage: number;
  total_transactions: number;
  active_sessions: number;
  burn_rate_per_minute: number;
  runway_seconds: number | null;
  owner_name: string | null;
  updated_at: string;
}

export type TransactionType = "topup" | "consumption" | "refund" | "adjustment" | "expiry";

export interface Transaction {
  id: string;
  seq: number;
  type: TransactionType;
  kind: string;
  amount: number;
  balance_before: number;
  balance_after: number;
  description: string;
  billing_session_id: string | null;
  metadata: Record<string, unknown>;
  actor: { type: string; id: string; name: string | null } | null;
  ip_address: string | null;
  created_at: string;
  hash: string;
}

export interface List<Item> {
  data: Item[];
  total: number;
  limit: number;
  offset: number;
}

export type Architecture = "pipeline" | "realtime" | "text" | "api";
export const SESSION_STATUSES = ["active", "stale", "settled", "cancelled"] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];
export type Component = "base" | "llm" | "model" | "stt" | "tts" | "unit";

export interface BreakdownLine {
  component: Component;
  model?: string | null;
  quantity: number;
  unit: string;
  rate: number;
  amount: number;
}

export interface Session {
  id: string;
  agent_id: string;
  agent_name: string | null;
  architecture: Architecture;
  session_type: string;
  key_mode: string;
  status: SessionStatus;
  price_version: number | string;
  started_at: string;
  ended_at: string | null;
  duration_seconds: number;
  messages: number;
  units: number;
  cost: number;
  breakdown: BreakdownLine[];
  held: number;
  uncollected: number;
  flags: string[];
  transaction_id: string | null;
  metadata: Record<string, unknown>;
  rate_per_minute?: number | null;
  last_report_at?: string | null;
  /** What a running session may still use, counted on from its last report. */
  grant?: { seconds: number | null; final: boolean; expires_at: string | null } | null;
  started_by?: { type: string; name: string | null } | null;
  transcript?: unknown;
  recording_url?: string | null;
  analysis?: unknown;
}

export interface CreditPackage {
  variant_id: string | number;
  name: string;
  credits: number;
  price: number;
  currency: string;
  discount_percent: number;
}

export interface Checkout {
  checkout_url: string;
  checkout_id: string;
  expires_at: string;
}

export type CheckoutStatus = "open" | "paid" | "refunded" | "expired";

export interface Me {
  user: { id: string; name: string; email: string };
  organizations: { id: string; name: string; role: Role }[];
  active_organization_id: string | null;
}

/** One message of the live stream. Every field beside the first three may be absent. */
export interface LiveMessage {
  type: "credit_added" | "credit_consumed" | "balance_updated" | "session_updated";
  organization_id: string;
  seq: number;
  balance?: number;
  held?: number;
  available?: number;
  status?: AccountStatus;
  active_sessions?: number;
  transaction?: Transaction;
  session?: Session;
}
