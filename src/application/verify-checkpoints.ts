import {
  type ChainHead,
  type Checkpoint,
  headProblem,
  parseCheckpoint,
} from "../domain/verification/checkpoint.ts";
import type { OnProblem } from "../domain/verification/problem.ts";
import type { CheckpointVerifyPorts } from "./checkpoint-ports.ts";

export type CheckpointVerification = {
  readonly checkpoints: number;
  readonly heads: number;
  /** Files that prove nothing: altered, or signed by somebody else. */
  readonly fileProblems: readonly { readonly name: string; readonly problem: string }[];
  readonly problemCount: number;
};

/** Proves that since each checkpoint the history was only appended: what was signed is there, unchanged. Of each
 *  organization the first difference is told. Source: issue "Access, audit, protection", signed heads.
 *  @param only this organization. */
export async function verifyCheckpoints(
  ports: CheckpointVerifyPorts,
  { only, onProblem }: { readonly only?: string; readonly onProblem: OnProblem },
): Promise<CheckpointVerification> {
  const fileProblems: { name: string; problem: string }[] = [];
  const intact = new Map<string, bigint>();
  const broken = new Set<string>();
  const counts = { checkpoints: 0, heads: 0 };
  for await (const { name, text } of ports.checkpoints()) {
    const read = readSigned(ports, text);
    if (typeof read === "string") {
      fileProblems.push({ name, problem: read });
      continue;
    }
    counts.checkpoints += 1;
    const wanted = ({ organizationId }: ChainHead) =>
      (only === undefined || organizationId === only) && !broken.has(organizationId);
    for (const heads of pagesOf(read.heads.filter(wanted))) {
      const points = await ports.findPoints(heads);
      for (const [index, head] of heads.entries()) {
        const { organizationId, seq } = head;
        const point = points[index] ?? { ledgerSeq: 0n, hash: null, balanceAfter: null };
        const intactSeq = intact.get(organizationId) ?? 0n;
        const problem = headProblem(head, point, { at: read.at, intactSeq });
        counts.heads += 1;
        if (problem === null) {
          intact.set(organizationId, seq);
        } else {
          broken.add(organizationId);
          onProblem(problem);
        }
      }
    }
  }
  return { ...counts, fileProblems, problemCount: broken.size };
}

const PAGE = 1_000;

function* pagesOf(heads: readonly ChainHead[]): Iterable<readonly ChainHead[]> {
  for (let start = 0; start < heads.length; start += PAGE) yield heads.slice(start, start + PAGE);
}

/** The checkpoint, or why it proves nothing. */
function readSigned(ports: CheckpointVerifyPorts, text: string): Checkpoint | string {
  const checkpoint = parseCheckpoint(text);
  if (checkpoint === null) return "is no checkpoint, or was cut off";
  const isSigned = ports.isSignedBy(checkpoint.keyId, checkpoint.signed, checkpoint.signature);
  if (isSigned === null) return `is signed by the key ${checkpoint.keyId}, which is not trusted`;
  return isSigned ? checkpoint : "was changed after it was signed";
}
