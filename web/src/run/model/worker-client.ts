import { ApiError } from "../../shared/api.ts";
import type { JobName, Jobs, Reply } from "./worker-messages.ts";

interface Waiting {
  resolve: (value: Jobs[JobName]["answered"] | undefined) => void;
  reject: (error: Error) => void;
}

/**
 * Gives work to a worker. An answer is undefined when another trace has been loaded since: there will be other answers.
 * Throws {@link ApiError} as `ask` does.
 */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#settle(data));
    worker.addEventListener("error", ({ message }) => this.#failAll(message));
  }

  run<Name extends JobName>(
    job: Name,
    asked: Jobs[Name]["asked"],
  ): Promise<Jobs[Name]["answered"] | undefined> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      // The reply to a job has what that job answers: the message only carries its number.
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      this.#worker.postMessage({ id, job, ...asked });
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === "refused") waiting?.reject(new ApiError(reply));
    else waiting?.resolve(reply.kind === "answered" ? reply.value : undefined);
  }

  #failAll(message: string): void {
    const error = new ApiError({
      code: "fault",
      message: `Drawing the trace failed: ${message || "reload the page"}`,
    });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

let shared: WorkerClient | undefined;

/** The worker of this tab, started when it is first needed. It keeps one trace; the next takes its place. */
export function traceWorker(): WorkerClient {
  shared ??= new WorkerClient(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
  return shared;
}
