import { Command } from "commander";
import { grant, makeKey } from "./commands/credits.ts";
import { printPerson } from "./commands/export-person.ts";
import { erase, printPublicKey, rotateKey } from "./commands/keys.ts";
import { runMigrations } from "./commands/migrate.ts";
import { openApi } from "./commands/openapi.ts";
import { addPrices, listPrices } from "./commands/prices.ts";
import { rebuildRollups } from "./commands/rebuild-rollups.ts";
import { reconcile } from "./commands/reconcile.ts";
import { serve } from "./commands/serve.ts";
import { verify } from "./commands/verify.ts";

/** The command line. Exit codes: 0 done, 1 failed (or books that do not add up), 2 wrong usage or an unknown id. */
const program = new Command("airtime")
  .description("Prepaid credits for AI voice and chat agents")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .showHelpAfterError();

program.command("serve").description("start the service (npm start)").action(serve);

program
  .command("demo")
  .description("start the service in demo mode")
  .action(() => serve({ ...process.env, AIRTIME_DEMO: "1" }));

program.command("migrate").description("bring the database to the newest schema").action(runMigrations);

program
  .command("verify")
  .description("recompute balances, sequences, hash chain and holds; exit 1 names every row that differs")
  .option("--org <id>", "only this organization")
  .option("--checkpoints <dir>", "prove that history was only appended since these were signed")
  .option(
    "--public-key <file>",
    "of whoever signed them, as `airtime keys public` prints it; default: this one's",
  )
  .option("--progress", "tell on standard error how far it is, also when that is no terminal")
  .action(verify);

program
  .command("rebuild-rollups")
  .description("sum an organization's usage anew from its ledger, for charts")
  .requiredOption("--org <id>", "the organization")
  .action(rebuildRollups);

program
  .command("reconcile")
  .description("find orders and refunds at the payment provider that no webhook told of")
  .option("--since <time>", "look back to this time, such as 2026-01-31")
  .action(reconcile);

program
  .command("grant")
  .description("grant credits to an organization")
  .requiredOption("--org <id>", "the organization")
  .requiredOption("--amount <credits>", "for example 25.00; negative only with --kind adjustment")
  .requiredOption("--reason <text>", "why, for the books")
  .option("--kind <kind>", "manual_grant, startup_grant or adjustment", "manual_grant")
  .option("--id <credit id>", "makes the grant repeatable: the same id is granted once")
  .action(grant);

const keys = program.command("keys").description("API keys, and the keys that protect the data");

keys
  .command("public")
  .description("print the public key that checkpoints can be verified with")
  .action(printPublicKey);

keys
  .command("create")
  .description("make an API key; it is shown once")
  .requiredOption("--org <id>", "the organization")
  .requiredOption("--name <name>", "what it is for")
  .option("--scopes <list>", "of charge, read, admin; separated by commas", "charge")
  .action(makeKey);

keys
  .command("rotate")
  .description("give an organization a new key for what is encrypted from now on")
  .requiredOption("--org <id>", "the organization")
  .action(rotateKey);

program
  .command("erase")
  .description("destroy an organization's keys: its personal data and content are gone, its books stay")
  .requiredOption("--org <id>", "the organization")
  .option("--yes", "it is meant: this can't be undone")
  .action(erase);

const prices = program.command("prices").description("the price book (docs/prices.md)");

prices
  .command("list")
  .description("every price version, the latest date first")
  .option("--org <id>", "only the overrides of this organization")
  .option("--json", "with all rates, which add takes as they are")
  .action(listPrices);

prices
  .command("add")
  .description("add a price version, for everyone or one organization")
  .requiredOption("--file <path>", "JSON: reason, effective_from (else in a second) and rates")
  .option("--org <id>", "an override of this organization; without rates it ends the one before")
  .option("--preview", "write nothing, say what would change")
  .action(addPrices);

program
  .command("export-person")
  .description("print what is stored about a person, as JSON (SECURITY.md)")
  .requiredOption("--email <address>", "of their account")
  .action(printPerson);

program.command("openapi").description("print the OpenAPI document of this version").action(openApi);

await program.parseAsync(process.argv);
