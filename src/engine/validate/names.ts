/** Kubernetes' rules for names (apimachinery, util/validation) and how Tekton reports them. */
import type { Metadata } from "../../kube/index.ts";
import { type FieldProblem, type Problems, problem, quote } from "./problem.ts";

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const LABEL_MAX_LENGTH = 63;
const SUBDOMAIN_MAX_LENGTH = 253;

const QUALIFIED_PART = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const NAME_PART = new RegExp(`^${QUALIFIED_PART}$`);

const MORE =
  "For more info refer to https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names";

/** What is asked of a label, for messages. */
export const LABEL_RULE = `must be a valid DNS Label, ${MORE}`;

/** RFC 1123 label: lower case letters, digits and hyphens. */
export function isDnsLabel(name: string): boolean {
  return name.length <= LABEL_MAX_LENGTH && DNS_LABEL.test(name);
}

function isDnsSubdomain(name: string): boolean {
  return name.length <= SUBDOMAIN_MAX_LENGTH && DNS_SUBDOMAIN.test(name);
}

/** Name of an object. Objects whose name the API has yet to generate have nothing to check. */
export function checkMetadata({ name, generateName }: Metadata): Problems {
  if (!name && generateName) return [];
  if (!isDnsSubdomain(name ?? ""))
    return [
      problem(`invalid resource name ${quote(name ?? "")}: must be a valid DNS label`, "metadata.name"),
    ];
  if (name.length > LABEL_MAX_LENGTH)
    return [problem("Invalid resource name: length must be no more than 63 characters", "metadata.name")];
  return [];
}

/** For the name of a pipeline's task that is no label. */
export function pipelineTaskNameProblem(name: string, path: string): FieldProblem {
  const details = `Pipeline Task name must be a valid DNS Label.${MORE}`;
  return { message: `invalid value ${quote(name)}`, paths: [path], details };
}

/** For the name of a step that is no label. */
export function stepNameProblem(name: string, path: string): FieldProblem {
  const details = `Task step name ${LABEL_RULE}`;
  return { message: `invalid value ${quote(name)}`, paths: [path], details };
}

/** What is wrong with a name that may have a prefix, as `example.com/name`; undefined when it is well formed. */
export function qualifiedNameFault(text: string): string | undefined {
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (parts.length > 2) return `a qualified name ${partRule()} with an optional DNS subdomain prefix and '/'`;
  if (prefix === "") return "prefix part must be non-empty";
  if (prefix !== undefined && !isDnsSubdomain(prefix)) return "prefix part must be a valid DNS subdomain";
  if (name === "") return "name part must be non-empty";
  if (name.length > LABEL_MAX_LENGTH) return "name part must be no more than 63 characters";
  return NAME_PART.test(name) ? undefined : `name part ${partRule()}`;
}

function partRule(): string {
  return `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED_PART}')`;
}

/** Names that stand more than once. */
export function duplicatesOf(names: readonly string[]): string[] {
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(repeated)];
}

/** Positions of names that an earlier one takes already, in whichever case. */
export function repeatedAt(names: readonly string[]): number[] {
  const lower = names.map((name) => name.toLowerCase());
  return lower.flatMap((name, index) => (lower.indexOf(name) === index ? [] : [index]));
}
