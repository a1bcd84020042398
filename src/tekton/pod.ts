import { type Fields, isObject } from "./fields.ts";
import { type ObjectMeta, readMeta } from "./meta.ts";
import { type ContainerState, readContainerState } from "./steps.ts";
import { type Nanos, parseTime } from "./time.ts";

/** The Pod of one attempt at a TaskRun, as far as it tells where time went (core/v1). */
export interface Pod {
  meta: ObjectMeta;
  phase: string;
  /** `status.reason`, e.g. Evicted. */
  reason: string;
  message: string;
  nodeName?: string;
  /** When the scheduler had found a node: condition PodScheduled became True. */
  scheduledNs?: Nanos;
  /** Why the scheduler has not found a node so far: condition PodScheduled is False. */
  unschedulable?: string;
  initContainers: Container[];
  containers: Container[];
}

export interface Container {
  name: string;
  image: string;
  imageId?: string;
  state: ContainerState;
  /** When the entrypoint started the step's command, to the millisecond; in its termination message. */
  commandStartedNs?: Nanos;
  /** A sidecar in Kubernetes' own form: an init container that never ends (KEP-753). */
  isSidecar: boolean;
  /** What the entrypoint says of the end, where that differs from the kubelet: Skipped, TimeoutExceeded… */
  terminationReason?: string;
  /** Exit code of a command whose failure the step ignores; the container itself then exits with 0. */
  ignoredExitCode?: number;
  /** What somebody who watched the Pod saw it wait for, each reason once; nothing of it is left in the object. */
  seenWaiting?: readonly { reason: string; message: string; atNs: Nanos }[];
}

type EntrypointReport = Pick<Container, "commandStartedNs" | "terminationReason" | "ignoredExitCode">;

export function readPod(object: Fields): Pod {
  const spec = object.object("spec");
  const status = object.object("status");
  const scheduled = status
    ?.objects("conditions")
    .find((condition) => condition.raw("type") === "PodScheduled");
  const isScheduled = scheduled?.raw("status") === "True";
  return {
    meta: readMeta(object),
    phase: status?.text("phase") ?? "",
    reason: status?.text("reason") ?? "",
    message: status?.text("message") ?? "",
    nodeName: spec?.text("nodeName"),
    scheduledNs: isScheduled ? scheduled?.time("lastTransitionTime") : undefined,
    unschedulable: isScheduled ? undefined : scheduled?.text("message"),
    initContainers: readContainers(spec, "initContainers", status, "initContainerStatuses"),
    containers: readContainers(spec, "containers", status, "containerStatuses"),
  };
}

/** Container statuses in the order of the spec, which for steps is the order in which they run. */
function readContainers(
  spec: Fields | undefined,
  specKey: string,
  status: Fields | undefined,
  statusKey: string,
): Container[] {
  const specs = spec?.objects(specKey) ?? [];
  const order = new Map(specs.map((container, index) => [container.text("name"), index]));
  const sidecars = new Set(
    specs
      .filter((container) => container.raw("restartPolicy") === "Always")
      .map((container) => container.text("name")),
  );
  const containers = (status?.objects(statusKey) ?? []).map((container) =>
    readContainer(container, sidecars),
  );
  const position = (container: Container) => order.get(container.name) ?? order.size;
  return containers.sort((a, b) => position(a) - position(b));
}

function readContainer(status: Fields, sidecars: ReadonlySet<string | undefined>): Container {
  const stateFields = status.object("state");
  const state: ContainerState =
    stateFields === undefined ? { kind: "unknown" } : readContainerState(stateFields);
  const name = status.text("name") ?? "";
  return {
    name,
    isSidecar: sidecars.has(name) || name.startsWith("sidecar-"),
    image: status.text("image") ?? "",
    imageId: status.text("imageID"),
    state,
    ...(state.kind === "terminated" ? readTerminationMessage(state.message) : {}),
  };
}

/** The entrypoint's own keys in a termination message (tektoncd/pipeline pkg/entrypoint, pkg/termination). */
function readTerminationMessage(message: string): EntrypointReport {
  const report: EntrypointReport = {};
  for (const entry of parseEntries(message)) {
    const { key, value, type } = isObject(entry) ? entry : {};
    if (typeof value !== "string" || !(type === INTERNAL || type === "InternalTektonResult")) continue;
    if (key === "StartedAt") report.commandStartedNs = parseTime(value);
    if (key === "Reason") report.terminationReason = value;
    if (key === "ExitCode" && /^\d{1,9}$/.test(value)) report.ignoredExitCode = Number(value);
  }
  if (report.ignoredExitCode !== undefined) report.terminationReason ??= "Continued";
  return report;
}

/** The type of the entrypoint's own entries; a task may name its results as it likes (pkg/result ResultType). */
const INTERNAL = 3;

function parseEntries(message: string): unknown[] {
  if (!message.startsWith("[")) return [];
  try {
    const entries: unknown = JSON.parse(message);
    return Array.isArray(entries) ? entries : [];
  } catch {
    return []; // Any container may write what it likes there; only the entrypoint's JSON concerns us.
  }
}
