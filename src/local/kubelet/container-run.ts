import { constants } from "node:os";
import { timestamp } from "../../engine/index.ts";
import type { ContainerEnd } from "../executors/index.ts";
import { type ContainerProcess, type PrintListener, startProcess } from "./container-process.ts";
import { makeDirectories, placeScripts, prepareSteps } from "./init-work.ts";
import { type Command, launchId, launchOf, plainCommand, stepCommand } from "./launch.ts";
import { openCopies } from "./output-copies.ts";
import type { ContainerPlan, PodScope } from "./pod-scope.ts";
import { isReadyAtOnce, watchReadiness } from "./readiness.ts";
import { type ContainerResult, runStep, type StepCommand, type StepEnd } from "./run-step.ts";
import { collectTelemetry, withSpool } from "./step-telemetry.ts";

/** One container of a Pod, from its turn to its end, kept in the draft of the Pod's status. */
export class ContainerRun {
  readonly #plan: ContainerPlan;
  readonly #scope: PodScope;
  readonly #print: PrintListener;
  #process: ContainerProcess | undefined;
  #startedAt: string | undefined;
  /** The last signal we sent it. */
  #sent: "SIGTERM" | "SIGKILL" | undefined;
  #hasTimedOut = false;
  #killTimer: NodeJS.Timeout | undefined;
  #killAt = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(plan: ContainerPlan, scope: PodScope) {
    this.#plan = plan;
    this.#scope = scope;
    const log = scope.log(plan.container.name);
    const onPrint = scope.onPrint(plan.container.name);
    this.#print = (stream, chunk) => {
      log.append(chunk);
      onPrint(stream, chunk);
    };
  }

  get name(): string {
    return this.#plan.container.name;
  }

  /** Settles when it has ended, with its exit code. Never rejects. */
  async run(): Promise<number> {
    const result = await this.#perform().catch((fault: unknown) => this.#failure(fault));
    this.#finish(result);
    this.#tellNext(result);
    return result?.exitCode ?? NEVER_RUN.exitCode;
  }

  /** SIGTERM, and SIGKILL if it has not ended after this time. A second call can only shorten that. */
  stop(graceMillis: number): void {
    if (this.#isOver) return;
    const killAt = performance.now() + graceMillis;
    if (killAt >= this.#killAt) return;
    this.#killAt = killAt;
    clearTimeout(this.#killTimer);
    if (graceMillis <= 0) {
      this.#kill();
      return;
    }
    if (this.#sent === undefined) {
      this.#sent = "SIGTERM";
      this.#process?.signal("SIGTERM");
    }
    this.#killTimer = setTimeout(() => this.#kill(), graceMillis);
  }

  #kill(): void {
    this.#sent = "SIGKILL";
    this.#process?.kill();
  }

  async #perform(): Promise<ContainerResult | undefined> {
    const { work } = this.#plan;
    if (work.kind === "step") {
      return await runStep(work.step, {
        plan: this.#plan,
        scope: this.#scope,
        begin: () => this.#begin(),
        launch: (command) => this.#launchStep(command),
        print: (line) => this.#say(line),
      });
    }
    this.#begin();
    if (work.kind === "plain") return await this.#runPlain();
    if (work.kind === "prepare") prepareSteps(this.#plan, this.#scope);
    if (work.kind === "placeScripts") placeScripts(work.args, this.#plan, this.#scope);
    if (work.kind === "makeDirectories") makeDirectories(work.directories, this.#plan);
    return { exitCode: 0 };
  }

  #begin(): string {
    const startedAt = timestamp(this.#scope.clock.now());
    this.#startedAt = startedAt;
    const isReady = isReadyAtOnce(this.#plan, this.#scope);
    this.#scope.draft.setState(this.name, {
      state: { running: { startedAt } },
      isReady,
      containerId: this.#containerId(),
    });
    this.#scope.changed();
    return startedAt;
  }

  #finish(result: ContainerResult | undefined): void {
    this.#isOver = true;
    clearTimeout(this.#killTimer);
    this.#scope.log(this.name).close();
    const ended = result ?? NEVER_RUN;
    const { exitCode, signal, message, reason = exitCode === 0 ? "Completed" : "Error" } = ended;
    const startedAt = this.#startedAt;
    const finishedAt = startedAt && timestamp(this.#scope.clock.now());
    const containerID = startedAt && this.#containerId();
    const terminated = { exitCode, reason, signal, message, startedAt, finishedAt, containerID };
    this.#scope.draft.setState(this.name, { state: { terminated: withoutUndefined(terminated) } });
    this.#scope.changed();
  }

  #tellNext(result: ContainerResult | undefined): void {
    const { work } = this.#plan;
    if (work.kind !== "step" || work.step.postFile === undefined) return;
    this.#scope.barriers.settle(work.step.postFile, result?.passage ?? "failed");
  }

  #failure(fault: unknown): ContainerResult {
    const message = messageOf(fault);
    this.#say(message);
    return { exitCode: 1, message };
  }

  #say(line: string): void {
    this.#print("stderr", Buffer.from(`${line}\n`));
  }

  async #runPlain(): Promise<ContainerResult> {
    const ended = this.#launch(plainCommand(this.#plan), () => {});
    const stopProbing = watchReadiness(this.#plan, this.#scope, () => this.#setReady());
    const end = await ended;
    stopProbing();
    return this.#plainResult(end);
  }

  #setReady(): void {
    if (this.#isOver || this.#startedAt === undefined) return;
    const state = { running: { startedAt: this.#startedAt } };
    this.#scope.draft.setState(this.name, { state, isReady: true });
    this.#scope.changed();
  }

  /** Exit codes as container runtimes give them. */
  #plainResult(end: ContainerEnd): ContainerResult {
    if (end.kind === "exited") return { exitCode: end.code };
    if (end.kind === "signalled") {
      const signal = constants.signals[end.signal];
      return { exitCode: 128 + signal, signal };
    }
    this.#say(end.message);
    return { exitCode: 128, reason: "StartError", message: end.message };
  }

  async #launchStep(command: StepCommand): Promise<StepEnd> {
    const { stdoutPath, stderrPath, timeoutMillis } = command;
    const onTrouble = (message: string) => this.#say(message);
    const copies = openCopies({ plan: this.#plan, stdoutPath, stderrPath, onTrouble });
    const timer = this.#startTimeout(timeoutMillis);
    const { onTelemetry } = this.#scope;
    const spooling = onTelemetry === undefined ? command : withSpool(command, this.#plan);
    const end = await this.#launch(stepCommand(spooling, this.#plan), copies.write);
    clearTimeout(timer);
    copies.close();
    if (onTelemetry !== undefined) collectTelemetry({ plan: this.#plan, onTelemetry, onTrouble });
    return this.#stepEnd(end);
  }

  #startTimeout(millis: number | undefined): NodeJS.Timeout | undefined {
    if (millis === undefined || millis > MAX_TIMER_MILLIS) return undefined;
    return setTimeout(() => {
      this.#hasTimedOut = true;
      this.#say(`the step has not ended within its timeout of ${millis / 1000} s and is killed`);
      this.#process?.kill();
    }, millis);
  }

  #stepEnd(end: ContainerEnd): StepEnd {
    if (this.#hasTimedOut) return { kind: "timedOut" };
    if (this.#sent === undefined || end.kind === "notStarted") return end;
    const code = end.kind === "exited" ? end.code : 128 + constants.signals[this.#sent];
    return { kind: "stopped", code };
  }

  async #launch(command: Command, copy: PrintListener): Promise<ContainerEnd> {
    this.#process = startProcess({
      executor: this.#scope.executor,
      launch: launchOf(command, this.#plan, this.#scope),
      onPrint: (stream, chunk) => {
        this.#print(stream, chunk);
        copy(stream, chunk);
      },
    });
    // It may have been told to end before it began.
    if (this.#sent === "SIGKILL") this.#process.kill();
    else if (this.#sent !== undefined) this.#process.signal(this.#sent);
    return await this.#process.ended;
  }

  #containerId(): string {
    return `throughline://${launchId(this.#plan, this.#scope)}`;
  }
}

/** Node's timers hold no more. */
export const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** As the kubelet says it of containers that were not there when their Pod was ended. */
const NEVER_RUN: ContainerResult = {
  exitCode: 137,
  reason: "ContainerStatusUnknown",
  message: "The container was not started before the pod was ended",
};

function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
