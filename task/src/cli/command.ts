/** A command under `exec`, and the exit code it ends with. */
import { type Ending, endingOf } from "../command/ending.ts";
import { startQuickly } from "./quick-process.ts";

/** A command that was started. */
export interface StartedCommand {
  pid: number | undefined;
  kill(signal: NodeJS.Signals): void;
  ending: Promise<Ending>;
}

const [STDIN, STDOUT] = [0, 1];

/** Starts the command with our stdin and stdout, and this for its stderr. Never throws. */
export function startCommand(
  words: readonly string[],
  { env, stderr }: { env: NodeJS.ProcessEnv; stderr: number },
): StartedCommand {
  const { outcome, ...started } = startQuickly(words, { env, stdio: [STDIN, STDOUT, stderr] });
  return { ...started, ending: outcome.then(endingOf) };
}
