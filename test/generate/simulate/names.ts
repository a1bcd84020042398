import { createHash } from "node:crypto";

/** Kubernetes names that become labels have at most 63 characters. */
const LONGEST_NAME = 63;

/** The name of a child: parent and suffix, the parent cut and hashed where that is too long (knative kmeta). */
export function childName(parent: string, suffix: string): string {
  if (parent.length + suffix.length <= LONGEST_NAME) return parent + suffix;
  const kept = LONGEST_NAME - 32;
  if (suffix.length < kept) return parent.slice(0, kept - suffix.length) + digest("md5", parent) + suffix;
  return parent.slice(0, kept) + digest("md5", parent + suffix);
}

/** The name of the claim Tekton makes from a volumeClaimTemplate. */
export function claimName({ workspace, ownerUid }: { workspace: string; ownerUid: string }): string {
  return `pvc-${digest("sha256", workspace + ownerUid).slice(0, 10)}`;
}

/** Hexadecimal digest: also stands in for every id that means nothing, so that writing objects needs no randomness. */
export function digest(algorithm: "md5" | "sha256", text: string): string {
  return createHash(algorithm).update(text).digest("hex");
}

/** A UUID that belongs to a text, for objects that nothing refers to. */
export function uuidOf(text: string): string {
  const hex = digest("md5", text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
