/** What ClickHouse and the way to it can answer instead of rows, as what the caller can do about it. */
import { StoreError } from "../trace-store.ts";
import type { Address } from "./connection.ts";

type Saying = (address: Address, detail: string) => { reason: StoreError["reason"]; message: string };

const unavailable =
  (text: (address: Address, detail: string) => string): Saying =>
  (address, detail) => ({
    reason: "unavailable",
    message: `ClickHouse at ${address.url}: ${text(address, detail)}`,
  });

const wrongPassword = unavailable(
  ({ username }) => `it does not accept user ${username} with this password; check both`,
);
const noTable = unavailable(
  ({ database }, detail) =>
    `there is no such table or database (${detail}). Throughline reads what the OpenTelemetry Collector's ` +
    `ClickHouse exporter creates in database ${database} when its setting create_schema is true; check database and table`,
);
const tooExpensive: Saying = (_address, detail) => ({
  reason: "tooExpensive",
  message: `the question takes more time or memory than it may (${detail}); ask about a shorter time or fewer runs`,
});
const busy: Saying = ({ url }) => ({
  reason: "busy",
  message: `ClickHouse at ${url} has too much to do; ask again in a moment`,
});

/** By ClickHouse's error codes (its source, `ErrorCodes.cpp`). */
const BY_CODE: Readonly<Record<string, Saying>> = {
  "60": noTable,
  "81": noTable,
  "158": tooExpensive,
  "159": tooExpensive,
  "160": tooExpensive,
  "164": unavailable(
    ({ username }) =>
      `user ${username} may not set the limits of a question; give it the setting readonly = 2 in place of 1`,
  ),
  "192": wrongPassword,
  "193": wrongPassword,
  "194": wrongPassword,
  "202": busy,
  "241": tooExpensive,
  "243": unavailable(() => "its disk is full; free some space there"),
  "252": busy,
  "307": tooExpensive,
  "396": tooExpensive,
  "497": unavailable(
    ({ username, database }, detail) =>
      `user ${username} may not do this (${detail}); it needs GRANT SELECT ON ${database}.* to read`,
  ),
  "516": wrongPassword,
};

/** Longer messages of the server repeat the question. */
const MAX_DETAIL = 300;

/** A {@link StoreError} for what a client of ClickHouse threw. */
export function storeErrorOf(fault: unknown, address: Address): StoreError {
  if (fault instanceof StoreError) return fault;
  const detail = detailOf(fault);
  const { reason, message } = sayingOf(fault)(address, detail);
  return new StoreError(reason, message, { cause: fault });
}

function sayingOf(fault: unknown): Saying {
  const code = fault instanceof Error && "code" in fault ? String(fault.code) : "";
  const known = BY_CODE[code];
  if (known !== undefined) return known;
  // The server's codes are numbers; Node's are words, and a time-out or an answer that is no ClickHouse's has none.
  if (/^\d+$/.test(code))
    return ({ url }, detail) => ({
      reason: "fault",
      message: `ClickHouse at ${url} failed with code ${code}: ${detail}`,
    });
  return unavailable(
    (_address, detail) =>
      `it cannot be reached (${code || detail}); check the address: Throughline speaks ClickHouse's HTTP interface, which ` +
      "usually listens on port 8123, or 8443 with TLS",
  );
}

function detailOf(fault: unknown): string {
  const text = fault instanceof Error ? fault.message : String(fault);
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line;
}
