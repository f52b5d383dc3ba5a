import type { BenchContext } from "../context.ts";
import { auditBooks } from "../engine/application.ts";
import { type Figure, figureOf } from "../figure.ts";
import { type LoadOrder, startLoadProcess } from "../http/load-order.ts";
import { prepareOrganizations } from "../http/organizations.ts";
import { type ServiceProcess, startServiceProcess } from "../http/service-process.ts";
import { measureRounds, pairsOf } from "../load/rounds.ts";

const PROCESSES_MAX = 4;
const CONNECTIONS = 128;

/** Two and four service processes on one database beside one. Any process may be asked about any organization. */
export async function measureServiceProcesses(context: BenchContext): Promise<Figure[]> {
  const { plan, server, progress } = context;
  progress("scale: starting four service processes");
  const database = await server.createDatabase("processes", "airtime");
  const keys = await prepareOrganizations(database, plan.httpOrganizations);
  const services: ServiceProcess[] = [];
  for (let count = 0; count < PROCESSES_MAX; count += 1) services.push(await startServiceProcess(database));
  const generator = startLoadProcess();
  let postings = 0;
  const run = async (load: LoadOrder["load"], processes: number): Promise<number> => {
    const ports = services.slice(0, processes).map(({ port }) => port);
    const result = await generator.run({
      ports,
      keys,
      load,
      connections: CONNECTIONS,
      seconds: plan.runSeconds,
    });
    postings += result.postings;
    return result.perSecond;
  };
  for (let count = 0; count < PROCESSES_MAX; count += 1) await run("session_of_each_key", PROCESSES_MAX);

  const rounds = await measureRounds(context, {
    "1 process": () => run("sessions", 1),
    "2 processes": () => run("sessions", 2),
    "4 processes": () => run("sessions", 4),
  });

  await generator.stop();
  await Promise.all(services.map((service) => service.stop()));
  await auditBooks(database, { organizations: plan.httpOrganizations, postings });
  await server.dropDatabase(database);
  return (["2 processes", "4 processes"] as const).map((name) =>
    figureOf({
      name: `scale.${name.replace(" ", "_")}/one`,
      unit: "requests/s",
      baselineName: "one service process",
      rounds: pairsOf(rounds, name, "1 process"),
    }),
  );
}
