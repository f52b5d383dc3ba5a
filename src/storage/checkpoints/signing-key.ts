import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckpointSigner } from "../../application/checkpoint-ports.ts";

/** The Ed25519 key that checkpoints are signed with: the one given (PKCS #8, DER), else the data directory's, made once.
 *  Whoever shares a data directory has the same. */
export function openSigningKey(place: KeyPlace): KeyObject {
  return findSigningKey(place) ?? createPrivateKey(makeKey(pathIn(place)));
}

/** The same, or null where none was made. */
export function findSigningKey(place: KeyPlace): KeyObject | null {
  if (place.given !== null) return createPrivateKey({ key: place.given, format: "der", type: "pkcs8" });
  const pem = readText(pathIn(place));
  return pem === null ? null : createPrivateKey(pem);
}

type KeyPlace = { readonly given: Buffer | null; readonly dataDir: string };

const pathIn = ({ dataDir }: KeyPlace) => join(dataDir, "checkpoint-key.pem");

/** The public half, as PEM. */
export function publicKeyText(key: KeyObject): string {
  return createPublicKey(key).export({ format: "pem", type: "spki" }).toString();
}

export function createSigner(key: KeyObject): CheckpointSigner {
  return {
    keyId: keyIdOf(createPublicKey(key)),
    sign: (text) => sign(null, Buffer.from(text), key).toString("base64"),
  };
}

/** Tells whether a text is signed by one of these keys, each a public or private one; null for a key that is none of them. */
export function createSignatureCheck(
  keys: readonly KeyObject[],
): (keyId: string, text: string, signature: string) => boolean | null {
  const publicKeys = new Map(
    keys.map((key) => (key.type === "public" ? key : createPublicKey(key))).map((key) => [keyIdOf(key), key]),
  );
  return (keyId, text, signature) => {
    const key = publicKeys.get(keyId);
    return key === undefined ? null : verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
  };
}

function keyIdOf(publicKey: KeyObject): string {
  return createHash("sha256")
    .update(publicKey.export({ format: "der", type: "spki" }))
    .digest("hex")
    .slice(0, 32);
}

function makeKey(path: string): string {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  mkdirSync(join(path, ".."), { recursive: true });
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, pem, { mode: 0o600, flag: "wx" });
  try {
    // Whoever is first has made it; the others find it whole.
    linkSync(draft, path);
    return pem;
  } catch (error) {
    const made = readText(path);
    if (made === null) throw error;
    return made;
  } finally {
    unlinkSync(draft);
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
