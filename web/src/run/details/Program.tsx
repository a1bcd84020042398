import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { Copy } from "../../shared/Copy.tsx";
import { Part } from "./Part.tsx";
import { shellLine } from "./shell-line.ts";

/** What is shown here, and not a second time among the attributes. */
export const PROGRAM_ATTRIBUTES: ReadonlySet<string> = new Set(["process.command_args", "error.message"]);

/** The command that a span stands for, as one would type it, and the last lines it wrote where it failed. */
export function Program({ attributes }: Pick<SpanAnswer, "attributes">) {
  const command = attributes["process.command_args"] ?? "";
  const line = shellLine(command) ?? command;
  const lastWords = attributes["error.message"] ?? "";
  return (
    <>
      {line !== "" && (
        <Part title="Command">
          <div className="details-command">
            <code>{line}</code>
            <Copy text={line} label="Copy the command" />
          </div>
        </Part>
      )}
      {lastWords !== "" && (
        <Part title="Error message">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <pre className="details-log" tabIndex={0}>
            <code dir="auto">{lastWords}</code>
          </pre>
        </Part>
      )}
    </>
  );
}
