import type { Alongside, MoneyPorts } from "./ports.ts";

/** Transcript, recording link and analysis of a session: content of people, so sealed with the organization's key. */

/** Where a sealed artifact belongs: it opens for no other session. */
const placeOf = (sessionId: string) => `session_artifact/${sessionId}`;

export type ArtifactPorts = Pick<MoneyPorts, "seal" | "open"> & {
  findSealedArtifact(organizationId: string, sessionId: string): Promise<string | null>;
  putArtifact(organizationId: string, sessionId: string, sealed: string): Alongside;
  run(organizationId: string, statement: Alongside): Promise<void>;
};

export type Artifact = { readonly [part: string]: unknown };

/** The stored artifact; empty when there is none or the organization's key was destroyed. */
export async function readArtifact(
  ports: ArtifactPorts,
  organizationId: string,
  sessionId: string,
): Promise<Artifact> {
  const sealed = await ports.findSealedArtifact(organizationId, sessionId);
  const text = sealed === null ? null : await ports.open(organizationId, placeOf(sessionId), sealed);
  return text === null ? {} : JSON.parse(text);
}

/** The statement that stores `added` on top of what is there; parts that are undefined stay as they are. */
export async function artifactStatement(
  ports: ArtifactPorts,
  organizationId: string,
  sessionId: string,
  added: Artifact,
): Promise<Alongside> {
  const before = await readArtifact(ports, organizationId, sessionId);
  const given = Object.fromEntries(Object.entries(added).filter(([, part]) => part !== undefined));
  const text = JSON.stringify({ ...before, ...given });
  return ports.putArtifact(
    organizationId,
    sessionId,
    await ports.seal(organizationId, placeOf(sessionId), text),
  );
}
