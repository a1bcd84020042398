import { ROOT_CONTEXT, type TextMapGetter } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { describe, expect, it } from "vitest";
import { headersFor, parseBaggage, readHeaders } from "./index.ts";
import { type Vector, vectors } from "./w3c-vectors.ts";

/** What the library does, by vector, where it breaks a rule of the specifications or loses what should go on. */
const shortfalls: Record<string, string> = {
  "traceparent duplicated": "believes the first of two",
  "flags without a meaning": "writes flags of three digits, which nobody can read",
  "spaces and tabs around the value": "takes one white space character on each side and no more",
  "line feed after the value": "takes a line feed for optional white space",
  "tracestate key that ends in an at sign": "reads the keys of Level 1 only",
  "tracestate key with two at signs in a row": "reads the keys of Level 1 only",
  "tracestate key with two at signs": "reads the keys of Level 1 only",
  "tracestate key that begins with a digit": "reads the keys of Level 1 only",
  "tracestate tenant of 242 characters": "reads the keys of Level 1 only",
  "tracestate vendor of 15 characters": "reads the keys of Level 1 only",
  "baggage percent-encoded but not in UTF-8": "drops the member instead of replacing the bytes",
  "baggage with a value that is empty": "drops the member",
  "baggage of 8,192 bytes in one member": "drops members of more than 4,096 bytes",
};

/** What the library does where the specifications leave a choice and W3C's own tests ask for ours, or for neither. */
const choices: Record<string, string> = {
  "tracestate with a key twice": "keeps the older value",
  "tracestate with a key in two headers": "keeps the older value",
  "tracestate with one illegal key among others": "drops the member, not the list",
  "tracestate without an equals sign": "drops the member, not the list",
  "tracestate key that begins with an at sign": "drops the member, not the list",
  "tracestate key of 257 characters": "drops the member, not the list",
  "tracestate value of 257 characters": "drops the member, not the list",
  "tracestate value that is empty": "drops the member, not the list",
  "tracestate value that is not ASCII": "drops the member, not the list",
  "tracestate of 33 members": "keeps the first 32",
  "baggage with a malformed member": "keeps a member whose key has a space, encoding it",
};

const differences = { ...shortfalls, ...choices };
const agreed = vectors.filter(({ name }) => differences[name] === undefined);
const differing = Object.entries(differences).map(([name, deed]) => ({ name, deed }));

describe("OpenTelemetry's propagators", () => {
  it.each(agreed)("pass on what we pass on: $name", ({ headers }) => {
    expect(passedOnByLibrary(headers)).toEqual(passedOnByUs(headers));
  });

  it.each(differing)("differ from us as we know, else take them off the list: $name: $deed", ({ name }) => {
    const headers = vectors.find((vector) => vector.name === name)?.headers;
    expect(headers).toBeDefined();
    expect(passedOnByLibrary(headers ?? {})).not.toEqual(passedOnByUs(headers ?? {}));
  });
});

const library = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});

/** Finds headers in any case, as a server hands them over. */
const getter: TextMapGetter<Vector["headers"]> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, wanted) => {
    const values = Object.entries(headers).flatMap(([name, value]) =>
      name.toLowerCase() === wanted ? value : [],
    );
    return values.length > 1 ? values : values[0];
  },
};

function passedOnByLibrary(headers: Vector["headers"]) {
  const passedOn: Record<string, string> = {};
  library.inject(library.extract(ROOT_CONTEXT, headers, getter), passedOn, {
    set: (carrier, name, value) => {
      carrier[name] = value;
    },
  });
  return meaning(passedOn);
}

function passedOnByUs(headers: Vector["headers"]) {
  const reading = readHeaders(headers);
  return meaning(reading.kind === "valid" ? headersFor(reading.context) : {});
}

/** Baggage counts by what it says, since everybody may percent-encode more than is needed. */
function meaning({ traceparent, tracestate = "", baggage = "" }: Record<string, string>) {
  return { traceparent, tracestate, baggage: parseBaggage(baggage) };
}
