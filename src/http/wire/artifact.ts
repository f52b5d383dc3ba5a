import { z } from "zod";
import { textInput } from "../schemas.ts";

/** What a runtime may add to a session about its content: transcript, recording, analysis. Encrypted at rest. */

const turn = z.strictObject({
  role: textInput(50),
  text: textInput(20_000),
  at_seconds: z.number().min(0).optional(),
});

export const artifactFields = {
  transcript: z.union([textInput(500_000), z.array(turn).max(10_000)]).optional(),
  recording_url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
  analysis: z.record(z.string(), z.unknown()).optional(),
};

export type ArtifactInput = {
  readonly [K in keyof typeof artifactFields]?: z.output<(typeof artifactFields)[K]>;
};

export const artifactSchema = z.strictObject({
  transcript: z.unknown().optional(),
  recording_url: z.string().optional(),
  analysis: z.unknown().optional(),
});
