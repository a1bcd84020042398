/**
 * The objects on disk: a LevelDB, loaded only where a directory is given. Writes are gathered while the one before is on
 * its way, and go out in order as one batch each, so what survives is always everything up to some moment.
 *
 * A batch is handed to the operating system and not waited for beyond that: a killed process loses nothing of what was
 * answered, a power cut may lose the last seconds, and a laptop's objects are not worth an fsync per step of a task.
 */
import { mkdir } from "node:fs/promises";
import type { ClassicLevel } from "classic-level";
import type { StoredObject } from "./objects.ts";
import { refusal } from "./refusals.ts";
import { RESOURCES, type Resource } from "./resources.ts";

export interface Journal {
  read(): Promise<{ version: number; entries: { resource: Resource; object: StoredObject }[] }>;
  put(resource: Resource, object: StoredObject): void;
  /** @param object its last state, with the version of its removal. */
  remove(resource: Resource, object: StoredObject): void;
  /** Settles when everything recorded so far is written. Throws 500 when it cannot be; it is tried again with the next. */
  written(): Promise<void>;
  /** Writes what is left. */
  close(): Promise<void>;
}

type Database = ClassicLevel<string, string>;

/** Under no resource: the latest version, which outlives the object that had it. */
const VERSION_KEY = "!version";

/** Opens or makes the database. Throws with the next step when another process has it, or it cannot be read. */
export async function openJournal(directory: string): Promise<Journal> {
  // Secrets are in it, as they are.
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const database = await openDatabase(directory);
  /** Latest state by key, undefined for what was removed: of many changes of one object only the last is written. */
  let pending = new Map<string, StoredObject | undefined>();
  let version = 0;
  let writing: Promise<void> | undefined;

  const record = (key: string, state: { object: StoredObject; isRemoval: boolean }) => {
    pending.set(key, state.isRemoval ? undefined : state.object);
    version = Number(state.object.metadata.resourceVersion);
  };

  /**
   * A write that failed, as on a full disk, may have left half a record. LevelDB goes on behind it, and reads nothing of
   * that when it is opened again; so it is opened again first, which drops the half record.
   */
  let isTorn = false;
  const reopen = async () => {
    await database.close();
    await database.open();
    isTorn = false;
  };

  const writeBatch = async () => {
    const batch = pending;
    pending = new Map();
    try {
      if (isTorn) await reopen();
      await database.batch([...batch].map(operationOf).concat(putOf(VERSION_KEY, String(version))));
    } catch (fault) {
      isTorn = true;
      pending = new Map([...batch, ...pending]);
      const why = `the change cannot be kept in ${directory}: ${causeOf(fault).message}`;
      throw refusal(500, "InternalError", why, { cause: fault });
    }
  };

  /** The batch that takes along everything pending now: the next one, when one is on its way. */
  let next: Promise<void> | undefined;
  const written = () => {
    if (pending.size === 0) return writing ?? Promise.resolve();
    next ??= startAfter(writing);
    return next;
  };
  const startAfter = async (before: Promise<void> | undefined) => {
    // Whoever changes something in the same turn is taken along. A failure is told to those who waited for it.
    await before?.catch(() => {});
    await null;
    writing = next;
    next = undefined;
    try {
      await writeBatch();
    } finally {
      if (next === undefined) writing = undefined;
    }
  };

  return {
    read: () => readAll(database),
    put: (resource, object) => record(keyOn(resource, object), { object, isRemoval: false }),
    remove: (resource, object) => record(keyOn(resource, object), { object, isRemoval: true }),
    written,
    async close() {
      try {
        await written();
      } finally {
        await database.close();
      }
    },
  };
}

async function openDatabase(directory: string): Promise<Database> {
  const { ClassicLevel: Level } = await import("classic-level");
  const database = new Level<string, string>(directory);
  try {
    await database.open();
    return database;
  } catch (fault) {
    const { code, message } = causeOf(fault);
    const why =
      code === "LEVEL_LOCKED"
        ? "another process has them open; stop it, or choose another directory"
        : `${message}; move the directory away to start without them`;
    throw new Error(`the objects in ${directory} cannot be opened: ${why}`, { cause: fault });
  }
}

/** What LevelDB says, below what its package says of that. */
function causeOf(fault: unknown): Error & { code?: unknown } {
  if (!(fault instanceof Error)) return new Error(String(fault));
  return fault.cause instanceof Error ? fault.cause : fault;
}

async function readAll(database: Database) {
  const byPlace = new Map(RESOURCES.map((resource) => [placeOf(resource), resource]));
  const entries: { resource: Resource; object: StoredObject }[] = [];
  let version = 0;
  for await (const [key, value] of database.iterator()) {
    if (key === VERSION_KEY) version = Number(value);
    const resource = byPlace.get(key.slice(0, key.indexOf("/", key.indexOf("/") + 1)));
    if (resource !== undefined) entries.push({ resource, object: JSON.parse(value) as StoredObject });
  }
  return { version, entries };
}

function placeOf({ group, plural }: Resource): string {
  return `${group}/${plural}`;
}

function keyOn(resource: Resource, { metadata }: StoredObject): string {
  return `${placeOf(resource)}/${metadata.namespace ?? ""}/${metadata.name}`;
}

type Operation = { type: "put"; key: string; value: string } | { type: "del"; key: string };

function operationOf([key, object]: [string, StoredObject | undefined]): Operation {
  return object === undefined ? { type: "del", key } : putOf(key, JSON.stringify(object));
}

function putOf(key: string, value: string): Operation {
  return { type: "put", key, value };
}
