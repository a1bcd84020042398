import { describe, expect, it } from "vitest";
import { headersFor, readHeaders } from "./index.ts";
import { vectors } from "./w3c-vectors.ts";

describe("a request that is passed on", () => {
  it.each(vectors)("keeps what the W3C lets through: $name", ({ headers, goesOn }) => {
    const reading = readHeaders(headers);
    expect(reading.kind === "valid" ? headersFor(reading.context) : {}).toEqual(goesOn);
  });
});
