// Loaded before the service in a process whose clock is to jump: SIGUSR2 makes `Date` differ from the machine's by the
// hours that the file CLOCK_SHIFT_FILE holds, and tells so by a file `.done` beside it. Timers go on as they would: they do not follow the wall clock either.
import { readFileSync, writeFileSync } from "node:fs";

const MachineDate = Date;
let shiftMs = 0;

process.on("SIGUSR2", () => {
  const file = process.env.CLOCK_SHIFT_FILE ?? "";
  const hours = readFileSync(file, "utf8");
  shiftMs = Number(hours) * 3_600_000;
  writeFileSync(`${file}.done`, hours);
});

globalThis.Date = class extends MachineDate {
  constructor(...parts) {
    if (parts.length === 0) super(MachineDate.now() + shiftMs);
    else super(...parts);
  }
  static now() {
    return MachineDate.now() + shiftMs;
  }
};
