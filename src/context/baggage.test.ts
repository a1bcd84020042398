import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baggageMembers } from "./arbitraries.ts";
import { formatBaggage, parseBaggage } from "./index.ts";

const member = (key: string, value: string) => ({ key, value, properties: [] });

describe("baggage", () => {
  it("is read into members with their properties", () => {
    expect(parseBaggage("app = gr%C3%B6%C3%9Fe ; secret ; ttl = 30%25 , team=blue")).toEqual([
      { key: "app", value: "größe", properties: [{ key: "secret" }, { key: "ttl", value: "30%" }] },
      member("team", "blue"),
    ]);
  });

  it("keeps a property that is only a name as it is written", () => {
    expect(parseBaggage("app=shop;a%20b")).toEqual([
      { key: "app", value: "shop", properties: [{ key: "a%20b" }] },
    ]);
  });

  it("shows bytes that are not UTF-8 as U+FFFD", () => {
    expect(parseBaggage("a=x%ffy%c3,b=%E2%82,c=%F0%9F%98%80")).toEqual([
      member("a", "x\uFFFDy\uFFFD"),
      member("b", "\uFFFD"),
      member("c", "😀"),
    ]);
  });

  it("takes a percent sign that encodes nothing for itself", () => {
    expect(parseBaggage("a=100%,b=%zz")).toEqual([member("a", "100%"), member("b", "%zz")]);
    expect(formatBaggage(parseBaggage("a=100%,b=%zz"))).toBe("a=100%25,b=%25zz");
  });

  it.each(["app", "=1", "a b=1", "a=ü", 'a="b"', "a=b\\c", "a=1;b c", "a=1;=2", "a=1;p=ü"])(
    "leaves out a malformed member and keeps the others: %j",
    (malformed) => expect(parseBaggage(`x=1,${malformed},y=2`)).toEqual([member("x", "1"), member("y", "2")]),
  );

  it("tolerates empty members and properties", () => {
    expect(parseBaggage(",a=1;;,")).toEqual([member("a", "1")]);
  });

  it("keeps keys that repeat, in their order", () => {
    expect(formatBaggage(parseBaggage("a=1,b=2,a=3"))).toBe("a=1,b=2,a=3");
  });

  it("keeps the first 64 members", () => {
    const many = Array.from({ length: 70 }, (_, index) => member(`key${index}`, "1"));
    expect(parseBaggage(formatBaggage(many))).toEqual(many.slice(0, 64));
    expect(parseBaggage(many.map(({ key }) => `${key}=1`).join(","))).toEqual(many.slice(0, 64));
  });

  it("keeps 8,192 bytes of whole members and passes over one that is too long", () => {
    const long = member("a", "x".repeat(8180));
    expect(formatBaggage([long, member("bb", "1234567"), member("c", "1")])).toBe(`a=${long.value},c=1`);
    expect(formatBaggage([long, member("b", "1234567")])).toHaveLength(8192);
  });

  it("counts bytes as they are written, not as they were read", () => {
    const spelledOut = `a=${"%78".repeat(8190)}`;
    expect(formatBaggage(parseBaggage(spelledOut))).toBe(`a=${"x".repeat(8190)}`);
  });

  it("comes back from its text as it was", () => {
    fc.assert(
      fc.property(baggageMembers, (members) => {
        expect(parseBaggage(formatBaggage(members))).toEqual(members);
      }),
    );
  });

  it("is never longer than its limits and settles after one reading", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 300 })), (texts) => {
        const written = formatBaggage(texts.map((text) => member("key", text)));
        expect(written.length).toBeLessThanOrEqual(8192);
        expect(formatBaggage(parseBaggage(written))).toBe(written);
      }),
    );
  });
});
