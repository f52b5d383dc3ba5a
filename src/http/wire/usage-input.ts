import { z } from "zod";
import type { UsageTotals } from "../../domain/charging/command.ts";
import type { SessionSubject } from "../../domain/charging/session.ts";
import type { Json } from "../../domain/ledger/canonical-json.ts";
import type { Architecture, SessionType } from "../../domain/pricing/price-book.ts";
import { idInput, textInput } from "../schemas.ts";

/** What describes a session or event in requests, and how it becomes the domain's subject and totals. */

const jsonValue = z.unknown().refine((value) => JSON.stringify(value ?? null).length <= 500, {
  message: "At most 500 characters as JSON",
});

export const metadataInput = z
  .record(textInput(255), jsonValue)
  .refine((metadata) => Object.keys(metadata).length <= 50, { message: "At most 50 keys" })
  // Whatever arrived came out of a JSON parser.
  .transform((metadata) => metadata as Readonly<Record<string, Json>>);

/** Seconds with at most 3 decimals, parsed to whole milliseconds. */
const secondsInput = z
  .number()
  .min(0)
  .max(100_000_000)
  .transform((seconds, context) => {
    const ms = Math.round(seconds * 1000);
    if (ms / 1000 === seconds) return BigInt(ms);
    context.addIssue({ code: "custom", message: "At most 3 decimals" });
    return z.NEVER;
  });

const countInput = z
  .int()
  .min(0)
  .max(1_000_000_000)
  .transform((count) => BigInt(count));

/** Totals of a session since its start, or of a finished event. */
export const totalsFields = {
  duration_seconds: secondsInput.optional(),
  messages: countInput.optional(),
  units: countInput.optional(),
};

export const timeInput = z.iso
  .datetime({ offset: true, message: "Must be a time such as 2026-01-31T12:00:00Z" })
  .transform((text) => Date.parse(text));

const CLOCKS_DIFFER_MS = 24 * 60 * 60 * 1000;

/** When something happened: not in the future, give or take the day that clocks and time zones may be off. A history
 *  with entries of next year would be wrong for ever. */
export const occurredInput = timeInput.refine((ms) => ms <= Date.now() + CLOCKS_DIFFER_MS, {
  message: "Lies in the future",
});

/** Fields that decide the rates. */
export const rateFields = {
  architecture: z.enum(["pipeline", "realtime", "text", "api"]),
  session_type: z.enum(["webcall", "telephony", "chat", "api"]).optional(),
  key_mode: z.enum(["platform_keys", "own_keys"]).optional(),
  llm_model: idInput.optional(),
  stt_provider: idInput.optional(),
  tts_provider: idInput.optional(),
  realtime_model: idInput.optional(),
};

export const subjectFields = {
  ...rateFields,
  agent_id: idInput,
  agent_name: textInput(255).optional(),
  user_id: idInput.optional(),
  metadata: metadataInput.optional(),
};

type RateInput = z.output<z.ZodObject<typeof rateFields>>;
type SubjectInput = z.output<z.ZodObject<typeof subjectFields>>;

/** The subject with the defaults of contract.md, Price and money. */
export function subjectOf(
  input: Omit<SubjectInput, "agent_id"> & { agent_id?: string | undefined },
): SessionSubject {
  return {
    ...pricedSubjectOf(input),
    agentId: input.agent_id ?? "",
    agentName: input.agent_name ?? null,
    userId: input.user_id ?? null,
    metadata: input.metadata ?? {},
  };
}

function pricedSubjectOf(input: RateInput) {
  const { architecture } = input;
  const isPipeline = architecture === "pipeline";
  return {
    architecture,
    sessionType: input.session_type ?? SESSION_TYPES[architecture],
    keyMode: input.key_mode ?? ("platform_keys" as const),
    llmModel: input.llm_model ?? (isPipeline || architecture === "text" ? "gpt-4o-mini" : null),
    sttProvider: input.stt_provider ?? (isPipeline ? "deepgram" : null),
    ttsProvider: input.tts_provider ?? (isPipeline ? "cartesia" : null),
    realtimeModel: input.realtime_model ?? null,
  };
}

const SESSION_TYPES: Readonly<Record<Architecture, SessionType>> = {
  pipeline: "webcall",
  realtime: "webcall",
  text: "chat",
  api: "api",
};

export type TotalsInput = {
  readonly duration_seconds?: bigint | undefined;
  readonly messages?: bigint | undefined;
  readonly units?: bigint | undefined;
};

export function totalsOf(input: TotalsInput): UsageTotals {
  return {
    ...(input.duration_seconds === undefined ? {} : { durationMs: input.duration_seconds }),
    ...(input.messages === undefined ? {} : { messages: input.messages }),
    ...(input.units === undefined ? {} : { units: input.units }),
  };
}
