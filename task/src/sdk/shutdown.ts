/**
 * Sees the end of the process coming, in each of the ways Node has:
 *
 *     nothing left to do     beforeExit                  flush, waiting for the receiver; open spans end by `exit`
 *     SIGTERM, SIGINT        the signal                  open spans fail, flush, then end by that signal
 *     an uncaught error      uncaughtExceptionMonitor    open spans fail ...
 *     process.exit()         exit                        ... and what is left is sent without an event loop
 *
 * What Node and other listeners do at these moments stays as it is.
 */
import { constants } from "node:os";
import { type Failure, failureOf } from "./failure.ts";

/** What has to happen, as the owner of the telemetry does it. Nothing here throws or rejects. */
export interface Ending {
  flush(): Promise<void>;
  flushNow(): void;
  shutdown(): Promise<void>;
  /** Whether something is open that `close` or `fail` would end. */
  hasOpen(): boolean;
  /** Ends what is open, as ended by a signal; as failed; or just so. */
  interrupt(signal: NodeJS.Signals): void;
  fail(failure: Failure): void;
  close(): void;
}

/** Kubernetes sends SIGTERM to what it stops; a terminal sends SIGINT. */
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Watches until the function it answers is called. */
export function watchProcess(ending: Ending): () => void {
  const onSignal = (signal: NodeJS.Signals) => void endBySignal({ signal, ending, stop });
  const onCrash = (error: unknown) => {
    // Others may handle it, and the process go on.
    if (process.listenerCount("uncaughtException") === 0) ending.fail(failureOf(error));
  };
  // Whether what is open has failed, the exit code says, which is final by `exit` only: 13 for an `await` that is never over.
  const onIdle = () => void (ending.hasOpen() ? ending.flush() : ending.shutdown());
  const onExit = (code: number) => {
    // A listener before this one may have set another code; so does Node.
    close(ending, Number(process.exitCode ?? code));
    ending.flushNow();
  };
  // Before others, since a listener for one call is gone from the count when its turn is over.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  process.on("uncaughtExceptionMonitor", onCrash);
  process.once("beforeExit", onIdle);
  process.on("exit", onExit);
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off("uncaughtExceptionMonitor", onCrash);
    process.off("beforeExit", onIdle);
    process.off("exit", onExit);
  };
  return stop;
}

function close(ending: Ending, code: number): void {
  if (code === 0) ending.close();
  else ending.fail({ errorType: `exit_code_${code}`, message: `the process exited with code ${code}` });
}

/** Whoever else listens decides on the end, and will come by `exit`; alone, the process ends as if nobody listened. */
async function endBySignal(given: {
  signal: NodeJS.Signals;
  ending: Ending;
  stop: () => void;
}): Promise<void> {
  const { signal, ending, stop } = given;
  if (process.listenerCount(signal) - signalExitListeners() > 1) return ending.flush();
  ending.interrupt(signal);
  await ending.shutdown();
  stop();
  process.kill(process.pid, signal);
  // The first process of a container outlives a signal it does not listen to.
  process.exit(128 + constants.signals[signal]);
}

/**
 * How many listeners are of the package signal-exit, versions 3 and 4, which many programs load with others. Like us it
 * acts only where nobody else listens: were each of us to wait for the other, no signal would end the process.
 */
function signalExitListeners(): number {
  const third = Reflect.get(process, "__signal_exit_emitter__");
  const fourth = Reflect.get(globalThis, Symbol.for("signal-exit emitter"));
  return (Number(third?.count) || 0) + (Number(fourth?.count) || 0);
}
