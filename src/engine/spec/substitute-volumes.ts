/** Volumes and workspace bindings: where their contents come from may be said with variables (docs/variables.md). */
import type { KeyToPath, ProjectedSource, Volume } from "../../kube/index.ts";
import type { WorkspaceBinding } from "../types/index.ts";
import { type Changes, changeEach, changeFields } from "./change.ts";
import { replaceText } from "./replace.ts";
import type { Replacements } from "./replacements.ts";
import { isObject } from "./values.ts";

/** The volumes with the variables in their names and sources replaced. */
export function substituteVolumes(volumes: readonly Volume[], replacements: Replacements): Volume[] {
  return changeEach<Volume>({
    name: (name) => replaceText(name, replacements),
    ...sourceChanges(replacements),
  })(volumes);
}

/** What a run binds to its workspaces, with the variables in sub-paths and sources replaced. */
export function substituteWorkspaceBindings(
  bindings: readonly WorkspaceBinding[],
  replacements: Replacements,
): WorkspaceBinding[] {
  return changeEach<WorkspaceBinding>({
    subPath: (subPath) => replaceText(subPath, replacements),
    ...sourceChanges(replacements),
  })(bindings);
}

type Sources = Pick<Volume, "persistentVolumeClaim" | "configMap" | "secret" | "projected" | "csi">;

function sourceChanges(replacements: Replacements): Changes<Sources> {
  const text = (value: string) => replaceText(value, replacements);
  const items = changeEach<KeyToPath>({ key: text, path: text });
  const named = { name: text, items };
  const sources = changeEach<ProjectedSource>({
    configMap: (source) => changeFields(source, named),
    secret: (source) => changeFields(source, named),
  });
  return {
    persistentVolumeClaim: (claim) => changeFields(claim, { claimName: text }),
    configMap: (source) => changeFields(source, named),
    secret: (source) => changeFields(source, { secretName: text, items }),
    projected: (projected) => changeFields(projected, { sources }),
    csi: (csi) => (isObject(csi) ? substituteCsi(csi, text) : csi),
  };
}

interface CsiSource {
  driver?: string;
  nodePublishSecretRef?: { name?: string };
}

function substituteCsi(csi: CsiSource, text: (value: string) => string): CsiSource {
  return changeFields(csi, {
    driver: text,
    nodePublishSecretRef: (ref) => changeFields(ref, { name: text }),
  });
}
