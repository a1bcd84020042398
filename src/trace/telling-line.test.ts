import { describe, expect, it } from "vitest";
import { tellingLineOf } from "./telling-line.ts";

describe("the line that tells what went wrong", () => {
  it.each([
    ["make: all\nld: cannot find -lshop\n\n", "ld: cannot find -lshop"],
    [
      "Error: no name given\n    at [eval]:1:7\n    at node:internal/main:51:3\n\nNode.js v20.20.2\n",
      "Error: no name given",
    ],
    ['Traceback (most recent call last):\n  File "a.py"\nValueError: 7', "ValueError: 7"],
    ["", ""],
    ["\n \n", ""],
  ])("of %j", (text, line) => expect(tellingLineOf(text)).toBe(line));
});
