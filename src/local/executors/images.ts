/**
 * What well-known images would have run. Steps run with this machine's programs, so of an image only this is needed: its
 * ENTRYPOINT and CMD when a step names no command, which shell its `sh` is, and which programs people take it for.
 */

/** Which program the `sh` of an image is: scripts written for one trip over another (`[[`, `==`, `echo -e`). */
export type ShellKind = "ash" | "dash" | "bash";

/** The image's own idea of what to run (OCI image specification, config). */
export interface ImageProgram {
  /** Before the step's arguments. */
  entrypoint: readonly string[];
  /** In place of the step's arguments when there are none. */
  cmd: readonly string[];
  /** Undefined for an image we do not know. */
  shell?: ShellKind;
}

interface KnownImage extends ImageProgram {
  shell: ShellKind;
  /** What the image is used for; the step will want them from this machine. */
  programs: readonly string[];
}

/** The entrypoint scripts of Docker's official images: what begins with a dash goes to the image's program. */
function orOptionsFor(program: string): readonly string[] {
  const script = `case "\${1-}" in ""|-*) set -- ${program} "$@";; esac; exec "$@"`;
  return ["/bin/sh", "-c", script, "docker-entrypoint.sh"];
}

/** As above; what is no program goes to the image's program too. */
function orAnythingFor(program: string): readonly string[] {
  const script = `case "\${1-}" in -*) set -- ${program} "$@";; *) command -v "\${1-}" >/dev/null || set -- ${program} "$@";; esac; exec "$@"`;
  return ["/bin/sh", "-c", script, "docker-entrypoint.sh"];
}

function image(
  shell: ShellKind,
  program: { entrypoint?: readonly string[]; cmd?: readonly string[]; programs?: readonly string[] },
): KnownImage {
  return {
    entrypoint: program.entrypoint ?? [],
    cmd: program.cmd ?? [],
    shell,
    programs: program.programs ?? [],
  };
}

/** By the last part of the name, since registries and mirrors put what they like before it. */
const BY_NAME: Readonly<Record<string, KnownImage>> = {
  alpine: image("ash", { cmd: ["/bin/sh"] }),
  busybox: image("ash", { cmd: ["sh"] }),
  bash: image("ash", { entrypoint: orOptionsFor("bash"), cmd: ["bash"], programs: ["bash"] }),
  ubuntu: image("dash", { cmd: ["/bin/bash"] }),
  debian: image("dash", { cmd: ["bash"] }),
  "buildpack-deps": image("dash", { cmd: ["bash"], programs: ["git", "make"] }),
  fedora: image("bash", { cmd: ["/bin/bash"] }),
  centos: image("bash", { cmd: ["/bin/bash"] }),
  almalinux: image("bash", { cmd: ["/bin/bash"] }),
  rockylinux: image("bash", { cmd: ["/bin/bash"] }),
  ubi: image("bash", { cmd: ["/bin/bash"] }),
  "ubi-minimal": image("bash", { cmd: ["/bin/bash"] }),
  ubi8: image("bash", { cmd: ["/bin/bash"] }),
  ubi9: image("bash", { cmd: ["/bin/bash"] }),
  "wolfi-base": image("ash", { cmd: ["/bin/sh", "-l"] }),
  node: image("dash", { entrypoint: orAnythingFor("node"), cmd: ["node"], programs: ["node", "npm"] }),
  python: image("dash", { cmd: ["python3"], programs: ["python3", "python", "pip"] }),
  perl: image("dash", { cmd: ["perl", "-de0"], programs: ["perl"] }),
  ruby: image("dash", { cmd: ["irb"], programs: ["ruby", "gem"] }),
  php: image("dash", { entrypoint: orOptionsFor("php"), cmd: ["php", "-a"], programs: ["php"] }),
  golang: image("dash", { cmd: ["bash"], programs: ["go"] }),
  go: image("dash", { entrypoint: ["go"], cmd: ["help"], programs: ["go"] }),
  rust: image("dash", { cmd: ["bash"], programs: ["cargo", "rustc"] }),
  maven: image("dash", { cmd: ["mvn"], programs: ["mvn", "java"] }),
  gradle: image("dash", { cmd: ["gradle"], programs: ["gradle", "java"] }),
  openjdk: image("bash", { cmd: ["jshell"], programs: ["java", "javac"] }),
  "eclipse-temurin": image("dash", { cmd: ["jshell"], programs: ["java", "javac"] }),
  git: image("ash", { entrypoint: ["git"], cmd: ["--help"], programs: ["git"] }),
  "git-init": image("ash", { entrypoint: ["git"], cmd: ["--help"], programs: ["git"] }),
  curl: image("ash", { entrypoint: orOptionsFor("curl"), cmd: ["curl"], programs: ["curl"] }),
  kubectl: image("ash", { entrypoint: ["kubectl"], programs: ["kubectl"] }),
  jq: image("ash", { entrypoint: ["jq"], programs: ["jq"] }),
  yq: image("ash", { entrypoint: ["yq"], programs: ["yq"] }),
  helm: image("ash", { entrypoint: ["helm"], programs: ["helm"] }),
  buildah: image("bash", { cmd: ["/bin/bash"], programs: ["buildah"] }),
  skopeo: image("bash", { entrypoint: ["skopeo"], programs: ["skopeo"] }),
  docker: image("ash", { entrypoint: orOptionsFor("docker"), cmd: ["sh"], programs: ["docker"] }),
};

const UNKNOWN: ImageProgram = { entrypoint: [], cmd: [] };

/**
 * ENTRYPOINT and CMD of an image: a container without a command runs `[...entrypoint, ...(args.length > 0 ? args : cmd)]`.
 * Both are empty for an image we do not know, which then needs a command.
 */
export function programOfImage(reference: string): ImageProgram {
  return known(reference) ?? UNKNOWN;
}

/** What people use the image for; empty for an image we do not know. */
export function programsOfImage(reference: string): readonly string[] {
  return known(reference)?.programs ?? [];
}

/** Which shell its scripts expect as `sh`. Of an image we do not know: ash, which also takes what dash takes. */
export function shellOfImage(reference: string): ShellKind {
  return known(reference)?.shell ?? "ash";
}

function known(reference: string): KnownImage | undefined {
  const { name, tag } = parseReference(reference);
  const found = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (found === undefined || !/(^|-)alpine/.test(tag)) return found;
  return { ...found, shell: "ash" };
}

/** `[registry[:port]/][path/]name[:tag][@digest]` (distribution reference grammar). */
function parseReference(reference: string): { name: string; tag: string } {
  const withoutDigest = reference.replace(/@.*$/s, "");
  const last = withoutDigest.slice(withoutDigest.lastIndexOf("/") + 1);
  const [name = "", tag = ""] = last.split(":", 2);
  return { name, tag };
}
