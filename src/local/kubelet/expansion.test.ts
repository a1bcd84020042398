import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expandVariables } from "./expansion.ts";

describe("references to variables", () => {
  it("are replaced by values, and stay when there is none", () => {
    const variables = { NAME: "x", EMPTY: "" };
    expect(expandVariables("$(NAME)-$(EMPTY)-$(OTHER)-$NAME-$(", variables)).toBe("x--$(OTHER)-$NAME-$(");
  });

  it("are literal when their dollar sign is doubled", () => {
    expect(expandVariables("$$(NAME) $$$(NAME) $$", { NAME: "x" })).toBe("$(NAME) $x $");
  });

  it("do not reach what every object has", () => {
    expect(expandVariables("$(constructor)", {})).toBe("$(constructor)");
  });

  it("are the only thing that changes in a text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes("$"));
        expect(expandVariables(text, { a: "b" })).toBe(text);
      }),
    );
  });
});
