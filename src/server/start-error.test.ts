import { expect, it } from "vitest";
import { startErrorOf } from "./start-error.ts";

const place = { address: "ci.example:4318", port: "otlpHttp" } as const;

it.each([
  ["EADDRINUSE", "addressInUse", "ci.example:4318 is in use"],
  ["EACCES", "notPermitted", "ci.example:4318 may not be used by this user"],
  ["EADDRNOTAVAIL", "noSuchAddress", "ci.example:4318 is no address of this machine"],
  ["EAI_AGAIN", "noSuchAddress", "ci.example:4318 cannot be looked up"],
  ["EAFNOSUPPORT", "noSuchAddress", "ci.example:4318 is of a kind this machine does not speak"],
])("knows what %s means", (code, why, message) => {
  expect(startErrorOf(Object.assign(new Error("listen"), { code }), place)).toMatchObject({ why, message });
  expect(startErrorOf(new Error(`No address added: ${code}`), place)).toMatchObject({
    why,
    port: "otlpHttp",
  });
});

it("leaves a fault it does not know as it is", () => {
  const fault = new Error("no idea");
  expect(startErrorOf(fault, place)).toBe(fault);
});
