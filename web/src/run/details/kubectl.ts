import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";

/** The command that shows what a span is of, as far as its attributes say; undefined for a span of something else. */
export function kubectlCommand({ attributes }: Pick<SpanAnswer, "attributes">): string | undefined {
  const { pod, container } = containerOf(attributes);
  if (pod !== undefined && container !== undefined)
    return command(attributes, ["logs", pod, "-c", container]);
  if (attributes["tekton.phase"] === "schedule" && pod !== undefined)
    return command(attributes, ["describe", "pod", pod]);
  const object = objectOf(attributes);
  return object && command(attributes, ["get", ...object, "-o", "yaml"]);
}

function containerOf(attributes: SpanAnswer["attributes"]): { pod?: string; container?: string } {
  const pod = attributes["k8s.pod.name"];
  const step = attributes["tekton.step.name"];
  const phase = attributes["tekton.phase"];
  const container =
    attributes["throughline.type"] === "step" || phase === "init"
      ? (attributes["k8s.container.name"] ?? (step && `step-${step}`))
      : undefined;
  return { ...(pod && { pod }), ...(container && { container }) };
}

function objectOf(attributes: SpanAnswer["attributes"]): [string, string] | undefined {
  const kinds = [
    ["taskrun", "tekton.taskrun.name"],
    ["customrun", "tekton.customrun.name"],
    ["pipelinerun", "tekton.pipelinerun.name"],
  ] as const;
  for (const [kind, key] of kinds) {
    const name = attributes[key];
    if (name !== undefined && name !== "") return [kind, name];
  }
  return undefined;
}

function command(attributes: SpanAnswer["attributes"], words: readonly string[]): string {
  const namespace = attributes["k8s.namespace.name"];
  return ["kubectl", ...(namespace ? ["-n", namespace] : []), ...words].map(quoted).join(" ");
}

/** A shell would take apart whatever is not plain: names in a trace are other people's. */
function quoted(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
