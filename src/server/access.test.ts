import { describe, expect, it } from "vitest";
import { checkToken, isLoopback, namesThisMachine } from "./access.ts";

describe("a token", () => {
  const hasAccess = checkToken("s3cret");

  it.each(["Bearer s3cret", "bearer s3cret", "Bearer   s3cret "])("is taken as %j", (header) => {
    expect(hasAccess(header)).toBe(true);
  });

  it.each([undefined, "", "s3cret", "Basic s3cret", "Bearer s3cre", "Bearer s3crets", "Bearer"])(
    "is asked for where the header is %j",
    (header) => {
      expect(hasAccess(header)).toBe(false);
    },
  );

  it("is not asked for where there is none", () => {
    expect(checkToken(undefined)(undefined)).toBe(true);
  });
});

describe("loopback", () => {
  it.each(["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST", "ui.localhost"])("is %s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(["0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "localhost.evil.com", "127.0.0.1.evil.com", ""])(
    "is not %s",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});

describe("a Host header", () => {
  it.each(["localhost", "localhost:4000", "127.0.0.1:1", "[::1]:4000", "[::1]"])("may be %s", (host) => {
    expect(namesThisMachine(host)).toBe(true);
  });

  it.each([
    undefined,
    "",
    "evil.com",
    "evil.com:4000",
    "127.0.0.1.evil.com",
    "localhost:4000@evil.com",
    "::1",
  ])("may not be %j", (host) => {
    expect(namesThisMachine(host)).toBe(false);
  });
});
