import {
  openEmbeddedStore,
  openRemoteStore,
  type RemoteStoreOptions,
  StoreError,
  type TraceStore,
} from "../store/index.ts";
import { Failure } from "./failure.ts";
import { takeInSpool } from "./spool.ts";
import { printable, type Terminal } from "./terminal.ts";

export interface OpenStoreOptions {
  directory: string;
  /** Kept for ever when absent. */
  retainDays?: number;
}

/** Opens the store in a data directory, with what runs have left for it; a {@link Failure} says what to do when that cannot be. */
export async function openStore(options: OpenStoreOptions, terminal: Terminal): Promise<TraceStore> {
  const onWarning = (message: string) => terminal.say(`warning: ${printable(message)}`);
  const store = await expectAvailable(() => openEmbeddedStore({ ...options, onWarning }));
  await takeInSpool(options.directory, store, onWarning);
  return store;
}

/** Opens the store in a ClickHouse server, likewise. */
export function openClickHouse(
  options: Omit<RemoteStoreOptions, "onNotice">,
  terminal: Terminal,
): Promise<TraceStore> {
  return expectAvailable(() => openRemoteStore({ ...options, onNotice: (notice) => terminal.say(notice) }));
}

/** A store that is not available says itself what to do. */
export async function expectAvailable<Result>(use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (fault) {
    if (fault instanceof StoreError && fault.reason === "unavailable") throw new Failure(fault.message);
    throw fault;
  }
}
