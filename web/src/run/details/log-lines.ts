import type { SpanAnswer } from "../../../../src/insight/answers.ts";

export interface LogLine {
  time: string;
  text: string;
  isFailing: boolean;
}

const FAILING =
  /\b(error|fail(ed|ure|ing)?|fatal|panic|exception|traceback|denied|cannot|undefined reference)\b|^E\d{4} |✗|✘/i;
/** `0 errors`, `no failures`, `errors: 0`: lines that say all is well. */
const FINE = /\b(0|no|without) (error|fail|fatal|exception)\w*|\b(error|fail)\w*[:=] *0\b/i;
const FAILING_SEVERITY = /^(error|fatal|critical|alert|emergency)/i;

/** The lines of log records, oldest first. A line fails by its severity or by what it says. */
export function logLines(logs: SpanAnswer["logs"]): LogLine[] {
  return logs.flatMap(({ time, severity, body }) =>
    body
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)
      .map((text) => ({ time, text, isFailing: FAILING_SEVERITY.test(severity) || saysFailure(text) })),
  );
}

function saysFailure(text: string): boolean {
  return FAILING.test(text) && !FINE.test(text);
}
