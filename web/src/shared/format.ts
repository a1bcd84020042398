const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in milliseconds as people say it, with two units at most, as on the terminal: `7m 12s`, `3.2s`, `450ms`, `1h 05m`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `−${formatDuration(-milliseconds)}`;
  if (milliseconds === 0) return "0s";
  if (milliseconds < SECOND) return milliseconds < 1 ? "<1ms" : `${Math.floor(milliseconds)}ms`;
  if (milliseconds < 10 * SECOND && milliseconds % SECOND !== 0)
    return `${(milliseconds / SECOND).toFixed(1)}s`;
  return formatSeconds(Math.round(milliseconds / SECOND));
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ${two(Math.floor((seconds % 3600) / 60))}m`;
  return `${Math.floor(seconds / 86_400)}d ${two(Math.floor((seconds % 86_400) / 3600))}h`;
}

/** A difference of durations, always with its sign: `+12s`, `−1m 10s`, `±0s`. */
export function formatChange(milliseconds: number): string {
  if (Math.abs(milliseconds) < 1) return "±0s";
  return milliseconds > 0 ? `+${formatDuration(milliseconds)}` : formatDuration(milliseconds);
}

/** How long before `now` a time was, in one unit: `just now`, `5m ago`, `3h ago`, `12d ago`; for what is to come, `in 5m`. */
export function formatAgo(time: string, now: number): string {
  const passed = now - Date.parse(time);
  const amount = oneUnit(Math.abs(passed));
  if (amount === undefined) return "just now";
  return passed < 0 ? `in ${amount}` : `${amount} ago`;
}

function oneUnit(milliseconds: number): string | undefined {
  if (milliseconds < 5 * SECOND) return undefined;
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / SECOND)}s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)}m`;
  if (milliseconds < DAY) return `${Math.floor(milliseconds / HOUR)}h`;
  return `${Math.floor(milliseconds / DAY)}d`;
}

/** A moment in the reader's time zone, to the second: `2026-11-08 14:03:12`. */
export function formatTime(time: string | number): string {
  const date = new Date(time);
  return `${formatDay(time)} ${formatClock(time)}:${two(date.getSeconds())}`;
}

/** The day of a moment in the reader's time zone: `2026-11-08`. */
export function formatDay(time: string | number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The day of a moment in UTC, given in seconds: days in answers are counted so. */
export function utcDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** Hours and minutes of a moment in the reader's time zone: `14:03`. */
export function formatClock(time: string | number): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** From one moment to another, with the day said once where it is the same: `2026-11-08 14:00 – 15:30`. */
export function formatPeriod({ since, until }: { since: string | number; until: string | number }): string {
  const start = `${formatDay(since)} ${formatClock(since)}`;
  const end = formatClock(until);
  return formatDay(since) === formatDay(until)
    ? `${start} – ${end}`
    : `${start} – ${formatDay(until)} ${end}`;
}

/** A share from 0 to 1 as a percentage, with a decimal where it is small: `0%`, `0.4%`, `37%`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return "0%";
  if (percent < 0.1) return "<0.1%";
  return percent < 9.95 ? `${Number(percent.toFixed(1))}%` : `${Math.round(percent)}%`;
}

/** An amount of bytes, not negative, with three digits at most, in powers of a thousand: `512 B`, `1.5 kB`, `48.2 MB`. */
export function formatBytes(bytes: number): string {
  const rounded = Number(bytes.toPrecision(3));
  const exponent = rounded < 1 ? 0 : Math.floor(Math.log10(rounded) / 3);
  const unit = Math.min(exponent, BYTES.length - 1);
  return `${Number((rounded / 1000 ** unit).toPrecision(3))}\u00a0${BYTES[unit]}`;
}

const BYTES = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A count with thin spaces between thousands: `12 345`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** One or many: `1 run`, `12 345 runs`. */
export function formatMany(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The first seven digits of a commit, as git shows it. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{8,}$/i.test(revision) ? revision.slice(0, 7) : revision;
}

function two(value: number): string {
  return value.toString().padStart(2, "0");
}
