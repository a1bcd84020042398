/** Names of what the reconcilers create: they follow from the owner's, so that a repeated pass makes the same ones. */
import { createHash } from "node:crypto";

/** What a label value may hold, and hence a name that becomes one. */
const MAX_LENGTH = 63;
const HASH_LENGTH = 32;
const HEAD_LENGTH = MAX_LENGTH - HASH_LENGTH;

/**
 * The name of a child: parent and suffix as they are when that fits a label, else shortened around an MD5 of what was cut
 * away, exactly as Tekton does it (knative.dev/pkg kmeta.ChildName), so that both find each other's children.
 */
export function childName(parent: string, suffix: string): string {
  if (parent.length + suffix.length <= MAX_LENGTH) return parent + suffix;
  if (suffix.length < HEAD_LENGTH) {
    return parent.slice(0, HEAD_LENGTH - suffix.length) + hash("md5", parent) + suffix;
  }
  const name = parent.slice(0, HEAD_LENGTH) + hash("md5", parent + suffix);
  return (name + suffix.slice(0, MAX_LENGTH - name.length)).replace(/[^a-zA-Z0-9]+$/, "");
}

/** The name of the claim made from a `volumeClaimTemplate`: the same for the same workspace of the same run. */
export function claimName({
  template,
  workspace,
  ownerUid,
}: {
  /** Name of the template, if it has one. */
  template: string | undefined;
  workspace: string;
  ownerUid: string;
}): string {
  return `${template || "pvc"}-${hash("sha256", workspace + ownerUid).slice(0, 10)}`;
}

function hash(algorithm: "md5" | "sha256", text: string): string {
  return createHash(algorithm).update(text).digest("hex");
}
