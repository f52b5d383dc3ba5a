/** A stored row that contradicts the others, or is missing among them. */
export type Problem = {
  readonly organizationId: string;
  readonly table:
    | "account"
    | "transaction"
    | "session"
    | "natural_id"
    | "usage_refund"
    | "purchase"
    | "outbox"
    | "usage_rollup"
    | "spend_limit"
    | "audit_event";
  /** The row within its organization: a transaction's id, a session's id, … */
  readonly key: string;
  /** What is wrong, as a phrase that follows the row's name. */
  readonly problem: string;
};

/** Told of each problem as it is found. */
export type OnProblem = (problem: Problem) => void;
