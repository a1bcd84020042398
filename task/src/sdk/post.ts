/** Parcels over HTTP: in the background while the process runs, and by a thread when it runs no more. */
import type { MessagePort } from "node:worker_threads";
import { faultOf, placeOf, postTo } from "../wire/otlp-http.ts";
import type { Outcome, Parcel } from "./outbox.ts";

/** OTLP specification, "Retryable Response Codes". */
const RETRYABLE = new Set([429, 502, 503, 504]);
/** OpenTelemetry specification, "OTLP Exporter Configuration". */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Posts a parcel and tells what became of it. Does not keep the process alive, and never rejects. */
export async function post({ to, contentType, body }: Parcel, signal: AbortSignal): Promise<Outcome> {
  const place = placeOf(to);
  try {
    const timeoutMs = to.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const status = await postTo(to, { contentType, body, timeoutMs, signal, isBackground: true });
    if (status >= 200 && status < 300) return { kind: "taken" };
    return { kind: RETRYABLE.has(status) ? "retry" : "lost", reason: `${place}: answered ${status}` };
  } catch (error) {
    return { kind: signal.aborted ? "lost" : "retry", reason: `${place}: ${faultOf(error)}` };
  }
}

/** What the thread is given. */
export interface Errand {
  parcels: readonly Parcel[];
  withinMs: number;
  /** Takes the outcomes, in the order of the parcels. */
  answers: MessagePort;
  /** 1 when they are there. */
  isDone: Int32Array<SharedArrayBuffer>;
}

/** The bundle of `courier.ts`: scripts/build-task.js puts it here. */
declare const COURIER: string;
/** For a thread to start on a busy machine. */
const STARTUP_MS = 1000;

/**
 * Posts all before it returns, or as many as the time allows. Node runs no more of its event loop after `process.exit` or an
 * uncaught exception; a thread has a loop of its own. Never throws.
 */
export function postNow(parcels: readonly Parcel[], withinMs: number): Outcome[] {
  const late: Outcome = { kind: "lost", reason: "no answer before the process ended" };
  try {
    const { MessageChannel, receiveMessageOnPort, Worker } = process.getBuiltinModule("node:worker_threads");
    const { port1, port2 } = new MessageChannel();
    const isDone = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const errand: Errand = { parcels, withinMs, answers: port2, isDone };
    // What instruments this process (`NODE_OPTIONS`, `--import`) must not instrument the thread.
    const plain = { env: {}, execArgv: [] };
    new Worker(COURIER, { ...plain, eval: true, workerData: errand, transferList: [port2] });
    Atomics.wait(isDone, 0, 0, withinMs + STARTUP_MS);
    return receiveMessageOnPort(port1)?.message ?? parcels.map(() => late);
  } catch {
    return parcels.map(() => late);
  }
}
