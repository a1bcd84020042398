import { describe, expect, it } from "vitest";
import { ApiError, type KubeApi, type Pod, type Stored } from "../../kube/index.ts";
import { StatusWriter } from "./status-writer.ts";

const pod: Stored<Pod> = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "one", namespace: "default", uid: "u", resourceVersion: "1", creationTimestamp: "" },
  spec: { containers: [] },
};

/** A server that answers so, one after the other, and in the end that everything is well. */
function writerOf(answers: number[]) {
  const troubles: unknown[] = [];
  let writes = 0;
  const updateStatus = async () => {
    writes++;
    const status = answers.shift() ?? 200;
    if (status !== 200) throw new ApiError({ status, reason: "", message: `answer ${status}` });
    return pod;
  };
  const api = { updateStatus } as unknown as KubeApi;
  const onTrouble = (fault: unknown) => troubles.push(fault);
  const writer = new StatusWriter({ api, pod, read: () => ({ phase: "Running" }), onTrouble });
  return { writer, troubles, writes: () => writes };
}

describe("the status of a Pod", () => {
  it("is written once for changes of the same moment", async () => {
    const { writer, writes } = writerOf([]);
    writer.changed();
    writer.changed();
    await writer.written();
    expect(writes()).toBe(1);
  });

  it("is written again when the server could not, which is told once", async () => {
    const { writer, writes, troubles } = writerOf([500, 500]);
    writer.changed();
    await writer.written();
    expect([writes(), troubles.length]).toEqual([3, 1]);
  });

  it("is not written when the Pod is gone", async () => {
    const { writer, writes, troubles } = writerOf([404]);
    for (let change = 0; change < 2; change++) {
      writer.changed();
      await writer.written();
    }
    expect([writes(), troubles.length]).toEqual([1, 0]);
  });

  it("keeps nobody waiting for ever who is in a hurry", async () => {
    const { writer, writes } = writerOf(Array(100).fill(500));
    writer.changed();
    writer.hurry();
    await writer.written();
    expect(writes()).toBe(5);
  });
});
