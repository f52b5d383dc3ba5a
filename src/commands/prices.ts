import { readFileSync } from "node:fs";
import { z } from "zod";
import { createAddPriceVersion } from "../application/add-price-version.ts";
import type { RecordedPriceVersion } from "../application/price-ports.ts";
import { creditsToNumber } from "../domain/money/credits.ts";
import { type Rate, rateToNumber } from "../domain/money/exact.ts";
import type { PriceVersionAdded } from "../domain/pricing/add-price-version.ts";
import type { RateChange } from "../domain/pricing/compare-prices.ts";
import { errorsOf, type InputError } from "../http/invalid-input.ts";
import { priceErrors, priceVersionFields, recordedVersionView } from "../http/wire/price-version.ts";
import { createCredentialReader } from "../storage/identity/credentials.ts";
import { addFirstPrices } from "../storage/price-book.ts";
import { createPriceVersionStore } from "../storage/price-versions.ts";
import { auditCommand } from "./audit-command.ts";
import { fail, withDatabase } from "./open-database.ts";

type ListOptions = { org?: string; json?: true };

/** Lists the price versions, the latest date first. */
export async function listPrices(options: ListOptions): Promise<void> {
  await withDatabase(async ({ pool }) => {
    await addFirstPrices(pool);
    const page = { limit: VERSIONS_MAX, offset: 0 };
    const { data } = await createPriceVersionStore(pool).list(options.org ?? null, page);
    if (options.json) console.log(JSON.stringify(data.map(recordedVersionView), null, 2));
    else for (const version of data) console.log(lineOf(version));
  });
}

const VERSIONS_MAX = 10_000;

function lineOf(version: RecordedPriceVersion): string {
  const { organizationId, entries, effectiveUntil } = version;
  const until = effectiveUntil === null ? "" : ` until ${timeOf(effectiveUntil)}`;
  const rates = entries.length === 0 ? "ends the override" : `${entries.length} rates`;
  return [
    `${version.version}${version.isInForce ? " (in force)" : ""}`,
    organizationId ?? "everyone",
    `from ${timeOf(version.effectiveFrom)}${until}`,
    rates,
    `${version.createdBy}: ${version.reason ?? "the first prices"}`,
  ].join(" | ");
}

type AddOptions = { file: string; org?: string; preview?: true };

/** Adds the version that a file describes, or says what it would change. */
export async function addPrices(options: AddOptions): Promise<void> {
  const file = readPriceFile(options.file);
  await withDatabase(async ({ pool }) => {
    await addFirstPrices(pool);
    const addPriceVersion = createAddPriceVersion({
      versions: createPriceVersionStore(pool),
      organizationExists: createCredentialReader(pool).organizationExists,
    });
    const added = await addPriceVersion({
      organizationId: options.org ?? null,
      effectiveFrom: file.effective_from ?? null,
      entries: file.rates,
      reason: file.reason,
      createdBy: "cli",
      isPreview: options.preview === true,
    });
    if (added.kind === "organization_unknown") fail(`There is no organization ${options.org}.`, 2);
    if (added.kind === "date_taken") fail(`Version ${added.version} comes into force at that time.`);
    if (added.kind !== "added") fail(messagesOf(priceErrors(added)));
    if (!added.repeated && !options.preview)
      await auditCommand(pool, {
        organizationId: options.org ?? null,
        action: "change_prices",
        operation: "airtime prices add",
        subject: String(added.version),
      });
    console.log(reportOf(added, options));
  });
}

const priceFile = z.strictObject(priceVersionFields);

/** The file's contents, parsed; a mistake in it ends the process with code 2. */
function readPriceFile(path: string): z.output<typeof priceFile> {
  const parsed = priceFile.safeParse(jsonIn(path));
  return parsed.success ? parsed.data : fail(messagesOf(errorsOf(parsed.error.issues)), 2);
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return fail(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
}

function messagesOf(errors: readonly InputError[]): string {
  return errors.map(({ path, message }) => `${path}: ${message}`).join("\n");
}

function reportOf(added: PriceVersionAdded, { org, preview }: AddOptions): string {
  const { version, changes, examples, repeated } = added;
  const whose = `for ${org ?? "everyone"}, from ${timeOf(version.effectiveFrom)}`;
  const head = preview
    ? `Preview ${whose}. Nothing was written.`
    : `${repeated ? "Added before" : "Added"}: version ${version.version} ${whose}.`;
  return [
    head,
    ...(changes.length === 0 ? ["No rate changes."] : changes.map(changeLine)),
    ...examples.map(({ example, before, after }) => `${example}: ${shown(before)} -> ${shown(after)}`),
  ].join("\n");

  function shown(cost: (typeof examples)[number]["before"]): string {
    return cost === null ? "no price" : creditsToNumber(cost).toFixed(4);
  }
}

function changeLine({ selectors, from, to }: RateChange): string {
  const { component, architecture, ...rest } = selectors;
  const named = Object.values(rest).filter((selector) => typeof selector === "string");
  const shown = (rate: Rate | null) => (rate === null ? "none" : String(rateToNumber(rate)));
  return `  ${[component, architecture, ...named].join(" ")}: ${shown(from)} -> ${shown(to)}`;
}

function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
