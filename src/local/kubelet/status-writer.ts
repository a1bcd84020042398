import {
  CoreKind,
  isApiError,
  type KubeApi,
  type Pod,
  type PodStatus,
  type Stored,
} from "../../kube/index.ts";

export interface StatusWriterOptions {
  api: KubeApi;
  pod: Stored<Pod>;
  read: () => PodStatus;
  /** Told once, however often it is tried. */
  onTrouble: (fault: unknown) => void;
}

/** A Pod whose status cannot be written is not lost: the server is asked again, at leisure. */
const RETRY_MILLIS = 500;
/** In a hurry it is asked so often; the next kubelet of this machine finds the Pod and fails it. */
const LAST_ATTEMPTS = 5;

/** Writes a Pod's status, one write at a time; changes of the same moment, or made during a write, share the next. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  #isDirty = false;
  #isGone = false;
  #isRefused = false;
  #attemptsLeft = Number.POSITIVE_INFINITY;
  #writing: Promise<void> | undefined;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  changed(): void {
    this.#isDirty = true;
    this.#writing ??= this.#writeAll();
  }

  /** The object is no more; there is nothing to write to. */
  abandon(): void {
    this.#isGone = true;
  }

  /** From now on a server that takes nothing is given up soon. */
  hurry(): void {
    this.#attemptsLeft = Math.min(this.#attemptsLeft, LAST_ATTEMPTS);
  }

  /** Settles when everything so far is written, or the Pod is gone, or given up. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#isDirty && !this.#isGone) {
      this.#isDirty = false;
      await this.#write();
    }
    this.#writing = undefined;
  }

  async #write(): Promise<void> {
    const { api, pod, read, onTrouble } = this.#options;
    const { name, namespace, uid } = pod.metadata;
    const { apiVersion, kind, spec } = pod;
    try {
      await api.updateStatus(CoreKind.pod, {
        apiVersion,
        kind,
        metadata: { name, namespace, uid },
        spec,
        status: read(),
      });
      this.#isRefused = false;
    } catch (fault) {
      // Gone, or another one of the same name by now.
      if (isApiError(fault, 404) || isApiError(fault, 409)) return this.abandon();
      if (!this.#isRefused) onTrouble(fault);
      this.#isRefused = true;
      this.#attemptsLeft--;
      if (this.#attemptsLeft <= 0) return this.abandon();
      this.#isDirty = true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    }
  }
}
