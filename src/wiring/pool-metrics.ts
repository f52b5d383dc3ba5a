import type pg from "pg";
import { Gauge, type Registry } from "prom-client";

/** Shows how busy the connections to PostgreSQL are, and how many requests wait for one. */
export function measurePools(pools: Readonly<Record<string, pg.Pool>>, registry: Registry): void {
  new Gauge({
    name: "airtime_database_connections",
    help: "Open connections to PostgreSQL by pool, without the engine's.",
    labelNames: ["pool", "state"],
    registers: [registry],
    collect() {
      for (const [pool, { totalCount, idleCount }] of Object.entries(pools)) {
        this.set({ pool, state: "idle" }, idleCount);
        this.set({ pool, state: "busy" }, totalCount - idleCount);
      }
    },
  });
  new Gauge({
    name: "airtime_database_waiting",
    help: "Requests that wait for a connection, by pool.",
    labelNames: ["pool"],
    registers: [registry],
    collect() {
      for (const [pool, { waitingCount }] of Object.entries(pools)) this.set({ pool }, waitingCount);
    },
  });
}
