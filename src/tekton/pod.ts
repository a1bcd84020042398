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
  /** What the entrypoint says of the end, where that differs from the kubelet: Skipped, TimeoutExceeded… */
  terminationReason?: string;
  /** Exit code of a command whose failure the step ignores; the container itself then exits with 0. */
  ignoredExitCode?: number;
}

type EntrypointReport = Pick<Container, "commandStartedNs" | "terminationReason" | "ignoredExitCode">;

export function readPod(object: Fields): Pod {
  const spec = object.object("spec");
  const status = object.object("status");
  const scheduled = status
    ?.objects("conditions")
    .find((condition) => condition.raw("type") === "PodScheduled" && condition.raw("status") === "True");
  return {
    meta: readMeta(object),
    phase: status?.text("phase") ?? "",
    reason: status?.text("reason") ?? "",
    message: status?.text("message") ?? "",
    nodeName: spec?.text("nodeName"),
    scheduledNs: scheduled?.time("lastTransitionTime"),
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
  const containers = (status?.objects(statusKey) ?? []).map(readContainer);
  const order = new Map(
    (spec?.objects(specKey) ?? []).map((container, index) => [container.text("name"), index]),
  );
  const position = (container: Container) => order.get(container.name) ?? order.size;
  return containers.sort((a, b) => position(a) - position(b));
}

function readContainer(status: Fields): Container {
  const stateFields = status.object("state");
  const state: ContainerState =
    stateFields === undefined ? { kind: "unknown" } : readContainerState(stateFields);
  return {
    name: status.text("name") ?? "",
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
    const { key, value } = isObject(entry) ? entry : {};
    if (typeof value !== "string") continue;
    if (key === "StartedAt") report.commandStartedNs = parseTime(value);
    if (key === "Reason") report.terminationReason = value;
    if (key === "ExitCode") report.ignoredExitCode = Number(value);
  }
  if (report.ignoredExitCode !== undefined) report.terminationReason ??= "Continued";
  return report;
}

function parseEntries(message: string): unknown[] {
  if (!message.startsWith("[")) return [];
  try {
    const entries: unknown = JSON.parse(message);
    return Array.isArray(entries) ? entries : [];
  } catch {
    return []; // Any container may write what it likes there; only the entrypoint's JSON concerns us.
  }
}
