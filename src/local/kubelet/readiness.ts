/** Readiness probes (core/v1 Probe): a container is ready once its probe has succeeded. */
import { connect } from "node:net";
import { startProcess } from "./container-process.ts";
import { launchId, launchOf } from "./launch.ts";
import type { ContainerPlan, PodScope } from "./pod-scope.ts";

interface Probe {
  exec?: { command?: readonly string[] };
  httpGet?: { path?: string; port?: number | string; scheme?: string };
  tcpSocket?: { port?: number | string };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
}

/**
 * Probes are asked more often than their period says until they succeed: on one machine that costs nothing, and steps wait
 * for it.
 */
const MAX_PERIOD_SECONDS = 0.5;

/**
 * A sidecar without a probe is ready when it has started. On a cluster its steps hear of that a second later or more, so
 * tasks rely on sidecars that have done their first work by then; here they get half of that.
 */
const SIDECAR_SETTLING_MILLIS = 500;

/** Whether the container is ready as soon as it runs. */
export function isReadyAtOnce({ work, container }: ContainerPlan, { plans }: PodScope): boolean {
  if (work.kind !== "plain") return true;
  const isSidecar = plans.some((plan) => plan.work.kind === "step");
  return container.readinessProbe === undefined && !isSidecar;
}

/** Calls back once, when the container that was not ready at once is. Answers how to stop watching. */
export function watchReadiness(plan: ContainerPlan, scope: PodScope, onReady: () => void): () => void {
  if (isReadyAtOnce(plan, scope)) return () => {};
  const probe = plan.container.readinessProbe as Probe | undefined;
  if (probe === undefined) {
    const settling = setTimeout(onReady, SIDECAR_SETTLING_MILLIS);
    return () => clearTimeout(settling);
  }
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let attempt = 0;
  const ask = async () => {
    attempt += 1;
    const isReady = await succeeds(probe, { plan, scope, attempt });
    if (isStopped) return;
    if (isReady) onReady();
    else timer = setTimeout(ask, Math.min(probe.periodSeconds ?? 10, MAX_PERIOD_SECONDS) * 1000);
  };
  timer = setTimeout(ask, (probe.initialDelaySeconds ?? 0) * 1000);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

interface Attempt {
  plan: ContainerPlan;
  scope: PodScope;
  attempt: number;
}

async function succeeds(probe: Probe, attempt: Attempt): Promise<boolean> {
  const timeoutMillis = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec !== undefined) return await runs(probe.exec.command ?? [], { ...attempt, timeoutMillis });
  if (probe.httpGet !== undefined) return await answers(probe.httpGet, { ...attempt, timeoutMillis });
  if (probe.tcpSocket !== undefined) {
    return await accepts(portOf(probe.tcpSocket.port, attempt.plan), timeoutMillis);
  }
  return true;
}

type TimedAttempt = Attempt & { timeoutMillis: number };

/** The command sees what the container sees, in processes of its own. */
async function runs(
  argv: readonly string[],
  { plan, scope, attempt, timeoutMillis }: TimedAttempt,
): Promise<boolean> {
  const command = { argv, variables: plan.variables };
  const process = startProcess({
    executor: scope.executor,
    launch: { ...launchOf(command, plan, scope), id: `${launchId(plan, scope)}-probe-${attempt}` },
    onPrint: () => {},
  });
  const timer = setTimeout(() => process.kill(), timeoutMillis);
  const end = await process.ended;
  clearTimeout(timer);
  return end.kind === "exited" && end.code === 0;
}

/** Any answer from 200 to 399 will do. */
async function answers(
  { path = "/", port, scheme = "HTTP" }: NonNullable<Probe["httpGet"]>,
  { plan, timeoutMillis }: TimedAttempt,
): Promise<boolean> {
  const url = new URL(path, `${scheme.toLowerCase()}://127.0.0.1:${portOf(port, plan)}`);
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMillis) });
    await response.body?.cancel();
    return response.status >= 200 && response.status < 400;
  } catch {
    return false;
  }
}

function accepts(port: number, timeoutMillis: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: timeoutMillis });
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.on("connect", () => settle(true));
    for (const event of ["error", "timeout"]) socket.on(event, () => settle(false));
  });
}

/** A number, or the name of one of the container's ports. */
function portOf(port: number | string | undefined, { container }: ContainerPlan): number {
  if (typeof port === "number") return port;
  const ports = Array.isArray(container["ports"]) ? container["ports"] : [];
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
}
