import type { BenchContext } from "../context.ts";
import type { Figure } from "../figure.ts";
import { measureBytesPerCall } from "./bytes-per-call.ts";
import { measureIdleStreams } from "./idle-streams.ts";
import { measureManyOrganizations } from "./many-organizations.ts";
import { measureServiceProcesses } from "./service-processes.ts";

/** What the contract does not name: several processes, many organizations, many open pages. */
export async function measureScale(context: BenchContext): Promise<Figure[]> {
  return [
    ...(await measureServiceProcesses(context)),
    ...(await measureManyOrganizations(context)),
    ...(await measureIdleStreams(context)),
    ...(await measureBytesPerCall(context)),
  ];
}
