import type { PullHistory } from "../history.ts";
import type { Random } from "../random.ts";
import type { ImageScenario, RunScenario } from "../scenario.ts";

/** The machines a simulated run uses, and what they remember from one Pod to the next. */
export interface Cluster {
  random: Random;
  nodes: readonly [string, ...string[]];
  images: Record<string, ImageScenario>;
  /** By node and image: when the image is there. */
  pulled: Map<string, number>;
  /** By node: when its kubelet, which pulls one image after the other, is free again. */
  pullsUntil: Map<string, number>;
}

const DEFAULT_NODES = ["worker-1", "worker-2", "worker-3"] as const;

export function openCluster({ nodes = [], images = {} }: RunScenario, random: Random): Cluster {
  const [first = DEFAULT_NODES[0], ...others] = nodes.length > 0 ? nodes : DEFAULT_NODES;
  return { random, nodes: [first, ...others], images, pulled: new Map(), pullsUntil: new Map() };
}

/** What the kubelet does before it creates a container: look for the image, else queue for a pull. */
export function pullImage(cluster: Cluster, request: PullRequest): PullHistory {
  const { node, image, atMs } = request;
  const { random } = cluster;
  const { pullMs, bytes, cached, pullError } = cluster.images[image] ?? smallImage(image);
  const thereMs = cached ? 0 : cluster.pulled.get(key(request));
  if (thereMs !== undefined && thereMs <= atMs) {
    return { requestedMs: atMs, endedMs: atMs + 1, transferMs: 0, bytes, cached: true };
  }
  // A second Pod that asked in the meantime waits its turn, and then has only the manifest to compare.
  const transferMs = thereMs === undefined ? pullMs : random.integer({ from: 180, to: 420 });
  const beginsMs = Math.max(atMs, cluster.pullsUntil.get(node) ?? 0);
  const endedMs = beginsMs + transferMs;
  cluster.pullsUntil.set(node, endedMs);
  const pull = { requestedMs: atMs, endedMs, transferMs, bytes, cached: false };
  if (pullError !== undefined) return { ...pull, error: pullError };
  cluster.pulled.set(key(request), endedMs);
  return pull;
}

interface PullRequest {
  node: string;
  image: string;
  atMs: number;
}

function key({ node, image }: PullRequest): string {
  return `${node} ${image}`;
}

/** The same size for the same name, whatever the seed: images do not change with the run that uses them. */
function smallImage(image: string): ImageScenario {
  const size = [...image].reduce((sum, character) => sum + character.charCodeAt(0), 0);
  return { pullMs: 700 + size, bytes: 4_000_000 + size * 9_973 };
}
