import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveSpanId, standInUid, traceIdOfUid } from "./index.ts";

const uid = "0f57e147-e992-b304-d977-436289d10628";

// Expected values come from `printf '…' | sha256sum`, not from this code.
describe("span ids", () => {
  it.each([
    { subject: { uid, role: "execute" }, id: "a48eff06a4a3cbfd" },
    { subject: { uid, role: "wait" }, id: "a5eb5d918b4c96ca" },
    { subject: { uid, role: "attempt", attempt: 1 }, id: "91ceed6b7b05a342" },
    { subject: { uid, role: "step", name: "build" }, id: "21d9823e948251ef" },
    { subject: { uid, role: "step", name: "build", attempt: 2 }, id: "9b1d13ab25c16c08" },
    { subject: { uid, role: "step", name: "größe" }, id: "43a30a5bd65b6f6e" },
    { subject: { uid: "", role: "role" }, id: "2a62c319f6b60a28" },
    { subject: { uid: "build/demo", role: "x" }, id: "e719d9071c0ff6eb" },
  ])("are the same everywhere: $subject", ({ subject, id }) => expect(deriveSpanId(subject)).toBe(id));

  const recipe = /^ \* +(printf .* sha256sum .*)$/m.exec(
    readFileSync(`${import.meta.dirname}/ids.ts`, "utf8"),
  )?.[1];
  const hasSha256sum = spawnSync("sha256sum", ["--version"]).status === 0;

  it.skipIf(!hasSha256sum)("can be computed in a shell as documented (needs sha256sum)", () => {
    const subject = `${uid}|step|build|2`;
    const { stdout } = spawnSync("sh", ["-c", recipe ?? ""], {
      env: { ...process.env, subject },
      encoding: "utf8",
    });
    expect(stdout).toBe(`${deriveSpanId({ uid, role: "step", name: "build", attempt: 2 })}\n`);
  });

  it("differ by uid, role, name and attempt", () => {
    const subject = { uid, role: "step", name: "build", attempt: 1 };
    const ids = [
      subject,
      { ...subject, uid: "x" },
      { ...subject, role: "x" },
      { ...subject, name: "x" },
      { ...subject, attempt: 2 },
    ];
    expect(new Set(ids.map(deriveSpanId)).size).toBe(5);
  });
});

describe("trace ids", () => {
  it("are the UID without dashes", () => {
    expect(traceIdOfUid(uid)).toBe("0f57e147e992b304d977436289d10628");
    expect(traceIdOfUid(uid.toUpperCase())).toBe("0f57e147e992b304d977436289d10628");
  });

  it("are derived from what is not a UID", () => {
    expect(traceIdOfUid("not-a-uid")).toBe("afe1cd253ff697aee03b56dbe64d8468");
    expect(traceIdOfUid("00000000-0000-0000-0000-000000000000")).toBe("337e5216241009b7eb2c081677e8f1c9");
  });
});

describe("the stand-in for a missing UID", () => {
  it("is the same everywhere and looks like a UID", () => {
    const object = {
      kind: "PipelineRun",
      namespace: "ci",
      name: "build-7",
      creationTimestamp: "2026-08-18T09:15:09Z",
    };
    expect(standInUid(object)).toBe("b566523d-277b-00c7-9b5f-ca55e8e774f0");
    expect(standInUid({ kind: "TaskRun", namespace: "", name: "x", creationTimestamp: "" })).toBe(
      "e2747f9b-bed5-d141-0c40-8f2075e642e5",
    );
  });
});

describe("ids of anything", () => {
  it("have their length, are lower-case hex and are not all zero", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(deriveSpanId({ uid: text, role: text, name: text })).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
        expect(traceIdOfUid(text)).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
      }),
    );
  });
});
