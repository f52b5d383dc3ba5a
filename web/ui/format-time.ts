const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The day in the viewer's time zone: `Nov 24, 2026`. */
export function formatDay(instant: string | Date): string {
  const date = new Date(instant);
  return `${MONTHS[date.getMonth()]} ${date.getDate()}, ${date.getFullYear()}`;
}

/** The time of day, 24 h: `14:31`, with seconds `14:27:41`. */
export function formatClock(instant: string | Date, withSeconds = false): string {
  const date = new Date(instant);
  const parts = [date.getHours(), date.getMinutes(), ...(withSeconds ? [date.getSeconds()] : [])];
  return parts.map(twoDigits).join(":");
}

/** Until when something holds: `15:02`, on another day than today with its date: `Nov 25, 2026 15:02`. */
export function formatUntil(instant: string, now: Date): string {
  const day = formatDay(instant);
  return day === formatDay(now) ? formatClock(instant) : `${day} ${formatClock(instant)}`;
}

/** The viewer's time zone and its distance from UTC on a day: `Europe/Berlin (UTC+1)`. */
export function formatTimeZone(day: Date): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const minutes = -day.getTimezoneOffset();
  if (minutes === 0) return timeZone === "UTC" ? "UTC" : `${timeZone} (UTC)`;
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `${timeZone} (UTC${minutes < 0 ? "-" : "+"}${hours}${rest === 0 ? "" : `:${twoDigits(rest)}`})`;
}

/** How long a call has been running: `04:12`, above one hour `1:04:12`. @param seconds fractions are dropped. */
export function formatElapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${twoDigits(Math.floor((whole % 3600) / 60))}:${twoDigits(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** How long something lasts still: under one hour `42:10`, above `5 h 50 min`, above 48 hours `9 days`. */
export function formatLeft(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 3600) return formatElapsed(whole);
  if (whole > 48 * 3600) return `${formatThousands(Math.floor(whole / 86_400))} days`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A span in words for sentences: `57 min`, `2 h 17 min`, `9 days`; hours go on up to a limit chosen by the sentence. */
export function formatSpan(seconds: number, daysFromHours = 48): string {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= daysFromHours) return `${formatThousands(Math.floor(hours / 24))} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** A finished call's duration in minutes, at most one decimal: `3.5 min`. */
export function formatMinutes(seconds: number): string {
  return `${formatThousands(Math.round(seconds / 6) / 10)} min`;
}

function formatThousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
