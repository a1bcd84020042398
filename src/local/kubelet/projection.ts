/** Volumes that are files made of objects: configMap, secret, downwardAPI and projected (Kubernetes, "Volumes"). */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import type { DownwardItem, KeyToPath, Pod, ProjectedSource, Stored, Volume } from "../../kube/index.ts";
import { notFound } from "./environment.ts";
import { type Node, readFieldReference } from "./field-reference.ts";
import type { SourceKind, Sources } from "./sources.ts";

/** A file to be: a path relative to the volume. */
interface ProjectedFile {
  path: string;
  content: Buffer | string;
  mode: number;
}

export type Projection = { kind: "files"; files: ProjectedFile[] } | { kind: "missing"; message: string };

export interface ProjectionRequest {
  volume: Volume;
  pod: Stored<Pod>;
  sources: Sources;
  node: Node;
}

const DEFAULT_MODE = 0o644;

/** The files of such a volume; undefined if it is of another kind. */
export function projectVolume(request: ProjectionRequest): Projection | undefined {
  const { configMap, secret, downwardAPI, projected } = request.volume;
  const mode = (configMap ?? secret ?? projected)?.defaultMode ?? DEFAULT_MODE;
  if (configMap !== undefined) return projectAll([{ configMap }], { ...request, mode });
  if (secret !== undefined) {
    return projectAll([{ secret: { ...secret, name: secret.secretName } }], { ...request, mode });
  }
  if (downwardAPI !== undefined) return projectAll([{ downwardAPI }], { ...request, mode });
  if (projected !== undefined) return projectAll(projected.sources ?? [], { ...request, mode });
  return undefined;
}

type PartRequest = ProjectionRequest & { mode: number };

function projectAll(parts: readonly ProjectedSource[], request: PartRequest): Projection {
  const files: ProjectedFile[] = [];
  for (const part of parts) {
    const projection = projectPart(part, request);
    if (projection.kind === "missing") return projection;
    files.push(...projection.files);
  }
  const stray = files.find(({ path }) => posix.isAbsolute(path) || posix.normalize(path).startsWith(".."));
  if (stray !== undefined) return { kind: "missing", message: `path "${stray.path}" leaves the volume` };
  return { kind: "files", files };
}

function projectPart({ configMap, secret, downwardAPI }: ProjectedSource, request: PartRequest): Projection {
  if (configMap !== undefined) return projectEntries("configmap", configMap, request);
  if (secret !== undefined) return projectEntries("secret", secret, request);
  return projectFields(downwardAPI?.items ?? [], request);
}

interface ObjectPart {
  name: string;
  items?: readonly KeyToPath[];
  optional?: boolean;
}

function projectEntries(kind: SourceKind, part: ObjectPart, { sources, mode }: PartRequest): Projection {
  const entries = sources.entries(kind, part.name) ?? (part.optional ? new Map<string, Buffer>() : undefined);
  if (entries === undefined) return { kind: "missing", message: notFound(kind, part.name) };
  const items: readonly KeyToPath[] = part.items ?? [...entries.keys()].map((key) => ({ key, path: key }));
  const absent = items.find(({ key }) => !entries.has(key));
  if (absent !== undefined && !part.optional) {
    return { kind: "missing", message: `${kind} references non-existent config key: ${absent.key}` };
  }
  const files = items.flatMap((item) => {
    const content = entries.get(item.key);
    return content === undefined ? [] : [{ path: item.path, content, mode: item.mode ?? mode }];
  });
  return { kind: "files", files };
}

function projectFields(items: readonly DownwardItem[], { pod, node, mode }: PartRequest): Projection {
  const files: ProjectedFile[] = [];
  for (const { path, fieldRef } of items) {
    const content = readFieldReference(fieldRef?.fieldPath ?? "", pod, node);
    if (content === undefined) {
      return { kind: "missing", message: `unsupported fieldPath: ${fieldRef?.fieldPath ?? ""}` };
    }
    files.push({ path, content, mode });
  }
  return { kind: "files", files };
}

/** Writes them where nothing but this program writes. */
export function writeProjection(directory: string, files: readonly ProjectedFile[]): void {
  for (const { path, content, mode } of files) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
  }
}
