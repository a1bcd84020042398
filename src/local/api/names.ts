/** Names, labels and annotations as Kubernetes allows them, with its wording (apimachinery, pkg/util/validation). */
import { randomInt } from "node:crypto";
import type { Metadata } from "../../kube/index.ts";

const LABEL_FORM = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN_FORM = `${LABEL_FORM}(\\.${LABEL_FORM})*`;
const LABEL_VALUE_FORM = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const KEY_NAME_FORM = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

const LABEL = new RegExp(`^${LABEL_FORM}$`);
const SUBDOMAIN = new RegExp(`^${SUBDOMAIN_FORM}$`);
const LABEL_VALUE = new RegExp(`^${LABEL_VALUE_FORM}$`);
const KEY_NAME = new RegExp(`^${KEY_NAME_FORM}$`);

const LONGEST_SUBDOMAIN = 253;
const LONGEST_LABEL = 63;
const MOST_ANNOTATION_BYTES = 256 * 1024;

/** What is wrong with a name, or undefined. */
export function nameProblem(kind: string, name: string): string | undefined {
  if (name === "") return "metadata.name: Required value: name or generateName is required";
  const why = kind === "Namespace" ? labelProblem(name) : subdomainProblem(name);
  return why === undefined ? undefined : `metadata.name: Invalid value: ${JSON.stringify(name)}: ${why}`;
}

/** What is wrong with the name of a namespace that an object is put into, or undefined. */
export function namespaceProblem(namespace: string): string | undefined {
  const why = labelProblem(namespace);
  return why === undefined
    ? undefined
    : `metadata.namespace: Invalid value: ${JSON.stringify(namespace)}: ${why}`;
}

/** What is wrong with a name that has to be a DNS label, or undefined. */
export function labelProblem(name: string): string | undefined {
  if (name.length > LONGEST_LABEL) return `must be no more than ${LONGEST_LABEL} characters`;
  if (LABEL.test(name)) return undefined;
  return (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
    `an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL_FORM}')`
  );
}

function subdomainProblem(name: string): string | undefined {
  if (name.length > LONGEST_SUBDOMAIN) return `must be no more than ${LONGEST_SUBDOMAIN} characters`;
  if (SUBDOMAIN.test(name)) return undefined;
  return (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
    `'${SUBDOMAIN_FORM}')`
  );
}

/** What is wrong with labels and annotations, or undefined. */
export function metadataProblem({ labels = {}, annotations = {} }: Metadata): string | undefined {
  for (const [key, value] of Object.entries(labels)) {
    const problem = keyProblem("metadata.labels", key) ?? labelValueProblem(value);
    if (problem !== undefined) return problem;
  }
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    if (typeof value !== "string")
      return `metadata.annotations: Invalid value: ${JSON.stringify(value)}: must be a string`;
    const problem = keyProblem("metadata.annotations", key.toLowerCase());
    if (problem !== undefined) return problem;
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes <= MOST_ANNOTATION_BYTES) return undefined;
  return `metadata.annotations: Too long: may not be more than ${MOST_ANNOTATION_BYTES} bytes`;
}

function keyProblem(path: string, key: string): string | undefined {
  const slash = key.indexOf("/");
  const [prefix, name] = slash === -1 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
  const isRight =
    name.length <= LONGEST_LABEL &&
    KEY_NAME.test(name) &&
    (prefix === undefined || (prefix.length <= LONGEST_SUBDOMAIN && SUBDOMAIN.test(prefix)));
  if (isRight) return undefined;
  return (
    `${path}: Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and ` +
    `must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for ` +
    `validation is '${KEY_NAME_FORM}')`
  );
}

function labelValueProblem(value: unknown): string | undefined {
  if (typeof value !== "string")
    return `metadata.labels: Invalid value: ${JSON.stringify(value)}: must be a string`;
  if (value.length > LONGEST_LABEL)
    return `metadata.labels: Invalid value: ${JSON.stringify(value)}: must be no more than ${LONGEST_LABEL} characters`;
  if (LABEL_VALUE.test(value)) return undefined;
  return (
    `metadata.labels: Invalid value: ${JSON.stringify(value)}: a valid label must be an empty string or consist of ` +
    "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  " +
    `or 'my_value',  or '12345', regex used for validation is '${LABEL_VALUE_FORM}')`
  );
}

/** Neither vowels nor what looks like them, so that no words come out (apimachinery, pkg/util/rand). */
const SUFFIX_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;

/** A name that begins so, with five characters added (apiserver, pkg/storage/names). */
export function generateName(base: string): string {
  let name = base.slice(0, LONGEST_LABEL - SUFFIX_LENGTH);
  for (let left = SUFFIX_LENGTH; left > 0; left--)
    name += SUFFIX_CHARACTERS[randomInt(SUFFIX_CHARACTERS.length)];
  return name;
}
