import { createHash } from "node:crypto";
import { attributes, sendOtlp } from "./send-otlp.ts";

/** A command that a step ran with a wrapper. */
export interface CommandToStore {
  traceId: string;
  /** Also what its span's id is made of. */
  name: string;
  parentSpanId?: string;
  startMs: number;
  durationMs: number;
  args: readonly string[];
  exitCode: number;
  /** The last lines it wrote, where it failed. */
  stderr?: string;
  links?: readonly { traceId: string; spanId: string }[];
}

/** The span that a stored command is. */
export function commandSpanId(name: string): string {
  return createHash("sha256").update(`command ${name}`).digest("hex").slice(0, 16);
}

/** Sends spans of commands to a server's OTLP/HTTP address, as `throughline exec` does. */
export async function storeCommands(otlpHttp: string, commands: readonly CommandToStore[]): Promise<void> {
  const resource = { attributes: attributes({ "service.name": "unit-test" }) };
  const scopeSpans = [{ scope: { name: "throughline exec" }, spans: commands.map(spanOf) }];
  await sendOtlp(otlpHttp, { resourceSpans: [{ resource, scopeSpans }] });
}

function spanOf({
  traceId,
  name,
  parentSpanId,
  startMs,
  durationMs,
  links = [],
  ...command
}: CommandToStore) {
  return {
    traceId,
    spanId: commandSpanId(name),
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind: 3,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + durationMs}000000`,
    attributes: attributesOf(command),
    status: { code: command.exitCode === 0 ? 0 : 2 },
    links,
  };
}

function attributesOf({ args, exitCode, stderr }: Pick<CommandToStore, "args" | "exitCode" | "stderr">) {
  const values = args.map((stringValue) => ({ stringValue }));
  return [
    { key: "process.command_args", value: { arrayValue: { values } } },
    { key: "process.exit.code", value: { intValue: String(exitCode) } },
    ...attributes({
      ...(exitCode !== 0 && { "error.type": `exit_code_${exitCode}` }),
      ...(stderr !== undefined && { "error.message": stderr }),
    }),
  ];
}
