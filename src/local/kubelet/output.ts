import type { Pod, Stored } from "../../kube/index.ts";

/** Something a container printed. */
export interface Output {
  /** As it was when it was started. */
  pod: Stored<Pod>;
  container: string;
  stream: "stdout" | "stderr";
  /** A piece as it came, with no regard to lines or characters. */
  chunk: Buffer;
}

/** Gets what containers print, as they print it. Slow work in it slows all of them down. */
export type OutputListener = (output: Output) => void;
