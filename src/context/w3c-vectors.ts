/**
 * Test data: what W3C Trace Context Level 2, W3C Baggage and their test suites ask of everybody who reads these headers
 * and passes them on, case by case in our own words.
 */
export interface Vector {
  name: string;
  headers: Record<string, string | string[]>;
  /** The headers that go on when nobody adds a span; none where the trace has to begin anew. */
  goesOn: Record<string, string>;
}

const traceId = "0f57e147e992b304d977436289d10628";
const spanId = "73d5909e31793992";
const traceparent = `00-${traceId}-${spanId}-01`;

function accepted(name: string, value: string, goesOn = traceparent): Vector {
  return { name, headers: { traceparent: value }, goesOn: { traceparent: goesOn } };
}

function rejected(name: string, value: string | string[]): Vector {
  return { name, headers: { traceparent: value }, goesOn: {} };
}

const traceparents: Vector[] = [
  accepted("traceparent of version 00", traceparent),
  { name: "traceparent missing", headers: {}, goesOn: {} },
  rejected("traceparent empty", ""),
  rejected("traceparent duplicated", [traceparent, `00-${traceId}-00f067aa0ba902b7-01`]),
  { name: "header name in mixed case", headers: { TraceParent: traceparent }, goesOn: { traceparent } },
  { name: "header name in upper case", headers: { TRACEPARENT: traceparent }, goesOn: { traceparent } },
  { name: "header name with a dash", headers: { "trace-parent": traceparent }, goesOn: {} },
  { name: "header name with a dot", headers: { "trace.parent": traceparent }, goesOn: {} },
  rejected("version 00 followed by a dot", `${traceparent}.`),
  rejected("version 00 followed by a field", `${traceparent}-x`),
  accepted("version cc", `cc-${traceId}-${spanId}-01`),
  accepted("version cc followed by a field", `cc-${traceId}-${spanId}-01-what-the-future-will-be-like`),
  rejected("version cc followed by a dot", `cc-${traceId}-${spanId}-01.what-the-future-will-be-like`),
  rejected("version ff", `ff-${traceId}-${spanId}-01`),
  rejected("version with an illegal first character", `.0-${traceId}-${spanId}-01`),
  rejected("version with an illegal last character", `0.-${traceId}-${spanId}-01`),
  rejected("version in upper case", `CC-${traceId}-${spanId}-01`),
  rejected("version of three characters", `000-${traceId}-${spanId}-01`),
  rejected("version of four characters", `0000-${traceId}-${spanId}-01`),
  rejected("version of one character", `0-${traceId}-${spanId}-01`),
  rejected("trace id of zeros", `00-${"0".repeat(32)}-${spanId}-01`),
  rejected("trace id with an illegal first character", `00-.${traceId.slice(1)}-${spanId}-01`),
  rejected("trace id with an illegal last character", `00-${traceId.slice(1)}.-${spanId}-01`),
  rejected("trace id in upper case", `00-${traceId.toUpperCase()}-${spanId}-01`),
  rejected("trace id too long", `00-${traceId}0-${spanId}-01`),
  rejected("trace id too short", `00-${traceId.slice(1)}-${spanId}-01`),
  rejected("parent id of zeros", `00-${traceId}-${"0".repeat(16)}-01`),
  rejected("parent id with an illegal first character", `00-${traceId}-.${spanId.slice(1)}-01`),
  rejected("parent id with an illegal last character", `00-${traceId}-${spanId.slice(1)}.-01`),
  rejected("parent id in upper case", `00-${traceId}-${spanId.slice(1)}A-01`),
  rejected("parent id too long", `00-${traceId}-${spanId}0-01`),
  rejected("parent id too short", `00-${traceId}-${spanId.slice(1)}-01`),
  rejected("flags with an illegal first character", `00-${traceId}-${spanId}-.0`),
  rejected("flags with an illegal last character", `00-${traceId}-${spanId}-0.`),
  rejected("flags too long", `00-${traceId}-${spanId}-001`),
  rejected("flags too short", `00-${traceId}-${spanId}-1`),
  accepted("random flag", `00-${traceId}-${spanId}-02`, `00-${traceId}-${spanId}-02`),
  accepted("flags without a meaning", `00-${traceId}-${spanId}-ff`, `00-${traceId}-${spanId}-03`),
  accepted("space before the value", ` ${traceparent}`),
  accepted("tab before the value", `\t${traceparent}`),
  accepted("space after the value", `${traceparent} `),
  accepted("tab after the value", `${traceparent}\t`),
  accepted("spaces and tabs around the value", `\t ${traceparent} \t`),
  rejected("line feed after the value", `${traceparent}\n`),
];

function withTracestate(name: string, tracestate: string | string[], goesOn?: string): Vector {
  return {
    name: `tracestate ${name}`,
    headers: { traceparent, tracestate },
    goesOn: goesOn === undefined ? { traceparent } : { traceparent, tracestate: goesOn },
  };
}

function kept(name: string, tracestate: string): Vector {
  return withTracestate(name, tracestate, tracestate);
}

function charactersExcept(first: number, last: number, left: string): string {
  const all = Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index));
  return all.filter((character) => !left.includes(character)).join("");
}

function numbered(count: number, member: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => member(index)).join(",");
}

const keyCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";

const tracestates: Vector[] = [
  kept("of two members", "foo=1,bar=2"),
  { name: "tracestate without traceparent", headers: { tracestate: "foo=1" }, goesOn: {} },
  {
    name: "tracestate with a malformed traceparent",
    headers: { traceparent: `${traceparent}.`, tracestate: "foo=1" },
    goesOn: {},
  },
  {
    name: "tracestate header name in mixed case",
    headers: { traceparent, TraceState: "foo=1" },
    goesOn: { traceparent, tracestate: "foo=1" },
  },
  {
    name: "tracestate header name with a dash",
    headers: { traceparent, "trace-state": "foo=1" },
    goesOn: { traceparent },
  },
  withTracestate("empty", ""),
  withTracestate("empty header before another", ["", "foo=1"], "foo=1"),
  withTracestate("empty header after another", ["foo=1", ""], "foo=1"),
  withTracestate("empty members", "foo=1, ,,bar=2,", "foo=1,bar=2"),
  withTracestate(
    "in several headers",
    ["foo=1,bar=2", "rojo=1,congo=2", "baz=3"],
    "foo=1,bar=2,rojo=1,congo=2,baz=3",
  ),
  withTracestate("with a member twice", "foo=1,foo=1", "foo=1"),
  withTracestate("with a key twice", "foo=1,bar=3,foo=2", "foo=1,bar=3"),
  withTracestate("with a key in two headers", ["foo=1", "foo=2"], "foo=1"),
  kept(
    "with every legal character in a key and a value",
    `${keyCharacters}=${charactersExcept(0x20, 0x7e, ",=")}`,
  ),
  kept("with every legal character in a vendor's key", `${keyCharacters}@a-z0-9_-*/=1`),
  kept("with a value that begins with a space", "foo= 1"),
  withTracestate("with spaces around commas", "foo=1 \t , \t bar=2, \t baz=3", "foo=1,bar=2,baz=3"),
  withTracestate("with tabs around commas", "foo=1\t \t,\t \tbar=2", "foo=1,bar=2"),
  withTracestate("with spaces and tabs at both ends", "\t foo=1 \t", "foo=1"),
  withTracestate("with a space after the key", "foo =1"),
  withTracestate("with an upper-case key", "FOO=1"),
  withTracestate("with a dot in the key", "foo.bar=1"),
  withTracestate("with one illegal key among others", "bar=2,foo.bar=1,baz=3"),
  withTracestate("without an equals sign", "bar=2,foo"),
  kept("key that ends in an at sign", "foo@=1,bar=2"),
  kept("key with two at signs in a row", "foo@@bar=1,bar=2"),
  kept("key with two at signs", "foo@bar@baz=1,bar=2"),
  kept("key that begins with a digit", "0foo=1,bar=2"),
  withTracestate("key that begins with an at sign", "@foo=1,bar=2"),
  kept(
    "of 32 members",
    numbered(32, (index) => `bar${index}=${index}`),
  ),
  withTracestate(
    "of 33 members",
    numbered(33, (index) => `bar${index}=${index}`),
  ),
  kept("key of 256 characters", `foo=1,${"z".repeat(256)}=1`),
  withTracestate("key of 257 characters", `foo=1,${"z".repeat(257)}=1`),
  kept("tenant of 241 and vendor of 14 characters", `foo=1,${"t".repeat(241)}@${"v".repeat(14)}=1`),
  kept("tenant of 242 characters", `foo=1,${"t".repeat(242)}@v=1`),
  kept("vendor of 15 characters", `foo=1,t@${"v".repeat(15)}=1`),
  kept("value of 256 characters", `foo=${"x".repeat(256)}`),
  withTracestate("value of 257 characters", `bar=1,foo=${"x".repeat(257)}`),
  withTracestate("value with an equals sign", "foo=bar=baz"),
  withTracestate("value that is empty", "foo=,bar=3"),
  withTracestate("value that is not ASCII", "foo=größe,bar=3"),
];

function withBaggage(name: string, baggage: string | string[], goesOn?: string): Vector {
  return {
    name: `baggage ${name}`,
    headers: { traceparent, baggage },
    goesOn: goesOn === undefined ? { traceparent } : { traceparent, baggage: goesOn },
  };
}

const baggages: Vector[] = [
  withBaggage("of one member", "app=shop", "app=shop"),
  withBaggage("of two members", "app=shop,team=blue", "app=shop,team=blue"),
  withBaggage("in several headers", ["app=shop", "team=blue"], "app=shop,team=blue"),
  withBaggage("with empty members", "app=shop,, ,team=blue,", "app=shop,team=blue"),
  withBaggage("empty", ""),
  withBaggage("with a property without value", "app=shop;secret", "app=shop;secret"),
  withBaggage("with a property with value", "app=shop;ttl=30", "app=shop;ttl=30"),
  withBaggage(
    "with several properties",
    "app=shop;secret;ttl=30,team=blue;x=y",
    "app=shop;secret;ttl=30,team=blue;x=y",
  ),
  withBaggage("with white space around a member", "app \t = \t shop \t ", "app=shop"),
  withBaggage(
    "with white space everywhere",
    "app \t = \t shop \t ; \t secret \t ; \t ttl \t = \t 30 \t , \t team = blue",
    "app=shop;secret;ttl=30,team=blue",
  ),
  withBaggage("with equals signs in the value", "app=a=b==", "app=a=b=="),
  withBaggage(
    "percent-encoded",
    "app=%09%20%22%27%3B%3Dasdf%21%40%23%24%25%5E",
    "app=%09%20%22'%3B=asdf!@#$%25^",
  ),
  withBaggage("percent-encoded in UTF-8", "app=gr%c3%b6%C3%9Fe", "app=gr%C3%B6%C3%9Fe"),
  withBaggage("percent-encoded but not in UTF-8", "app=a%ffb,team=blue", "app=a%EF%BF%BDb,team=blue"),
  withBaggage("with a value that is empty", "app=,team=blue", "app=,team=blue"),
  withBaggage("with a malformed member", "app,=shop,a b=1,team=blue", "team=blue"),
  withBaggage(
    "of 64 members",
    numbered(64, (index) => `key${index}=value`),
    numbered(64, (index) => `key${index}=value`),
  ),
  withBaggage(
    "of 8,192 bytes in one member",
    `a=${"0123456789".repeat(819)}`,
    `a=${"0123456789".repeat(819)}`,
  ),
  withBaggage(
    "of 8,192 bytes in 64 members",
    `${numbered(64, (index) => `${1000 + index}=${"x".repeat(122)}`)}x`,
    `${numbered(64, (index) => `${1000 + index}=${"x".repeat(122)}`)}x`,
  ),
  withBaggage(
    "with a member of more than 8,192 bytes",
    `app=shop,a=${"x".repeat(8191)},team=blue`,
    "app=shop,team=blue",
  ),
];

export const vectors: readonly Vector[] = [...traceparents, ...tracestates, ...baggages];
