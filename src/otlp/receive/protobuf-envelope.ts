/**
 * What is around spans, metrics and log records: the request, its resources and their scopes. The messages have other
 * names for each signal and the same numbers:
 *
 *     Export…ServiceRequest { 1: Resource… { 1: resource, 2: Scope… { 1: scope, 2: item, 3: schema_url }, 3: schema_url } }
 *
 * Fields may come in any order. A resource that stands after its scopes is found first, by jumping over them: that
 * costs two bytes for each.
 */
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { AttributeSet } from "./attributes.ts";
import { openSource, readAttribute, readName, type Source } from "./protobuf-values.ts";
import type { Origin, ReceivedResource, ReceivedScope } from "./received.ts";
import { type Tally, TOO_DENSE } from "./tally.ts";

/** Reads one span, metric or log record; undefined when it was rejected. The cursor is before its length. */
export type ReadItem<Item> = (source: Source, origin: Origin) => Item | undefined;

const RESOURCES_TAG = tagOf(1, WireType.lengthDelimited);
const OriginTag = {
  /** The resource of a `Resource…`, the scope of a `Scope…`. */
  origin: tagOf(1, WireType.lengthDelimited),
  /** The scopes of a `Resource…`, the items of a `Scope…`. */
  contents: tagOf(2, WireType.lengthDelimited),
  schemaUrl: tagOf(3, WireType.lengthDelimited),
} as const;
const ResourceTag = {
  attributes: tagOf(1, WireType.lengthDelimited),
  droppedAttributesCount: tagOf(2, WireType.varint),
} as const;
const ScopeTag = {
  name: tagOf(1, WireType.lengthDelimited),
  version: tagOf(2, WireType.lengthDelimited),
  attributes: tagOf(3, WireType.lengthDelimited),
  droppedAttributesCount: tagOf(4, WireType.varint),
} as const;

/** Reads all items of a request, or says why the bytes are not protobuf. */
export function readProtobufRequest<Item>(
  body: Uint8Array,
  tally: Tally,
  readItem: ReadItem<Item>,
): Item[] | string {
  const source = openSource(body, tally);
  const request: Request<Item> = {
    source,
    readItem,
    items: [],
    resources: { seen: new Map(), read: readResource },
    scopes: { seen: new Map(), read: readScope },
  };
  const { cursor } = source;
  while (cursor.hasMore()) {
    if (cursor.tag() === RESOURCES_TAG) readResourceItems(request);
    else cursor.skip();
  }
  return cursor.fault ?? request.items;
}

interface Request<Item> {
  source: Source;
  readItem: ReadItem<Item>;
  items: Item[];
  resources: OriginKind<ReceivedResource>;
  scopes: OriginKind<ReceivedScope>;
}

/** Resources, or scopes: those seen so far by their bytes, because collectors that merge batches repeat them. */
interface OriginKind<Kind> {
  seen: Map<string, Kind>;
  /** Reads the fields up to the end of the message the cursor is in. */
  read: (source: Source, schemaUrl: string) => Kind;
}

function readResourceItems<Item>(request: Request<Item>): void {
  const { cursor } = request.source;
  const outer = cursor.open();
  const resource = findOrigin(request.source, request.resources);
  while (cursor.hasMore()) {
    if (cursor.tag() === OriginTag.contents) readScopeItems(request, resource);
    else cursor.skip();
  }
  cursor.close(outer);
}

function readScopeItems<Item>(request: Request<Item>, resource: ReceivedResource): void {
  const { source, readItem, items } = request;
  const { cursor } = source;
  const outer = cursor.open();
  const origin = { resource, scope: findOrigin(source, request.scopes) };
  while (cursor.hasMore()) {
    if (cursor.tag() !== OriginTag.contents) {
      cursor.skip();
      continue;
    }
    const item = readItem(source, origin);
    if (item !== undefined) items.push(item);
  }
  cursor.close(outer);
}

/** Looks through a message for its resource or scope, the last if there are several, and goes back to where it was. */
function findOrigin<Kind>(source: Source, kind: OriginKind<Kind>): Kind {
  const { cursor } = source;
  const contents = cursor.position;
  let start = contents;
  let end = contents;
  let schemaUrl = "";
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case OriginTag.origin:
        start = cursor.position;
        cursor.skip();
        end = cursor.position;
        break;
      case OriginTag.schemaUrl:
        schemaUrl = readName(source);
        break;
      default:
        cursor.skip();
    }
  }
  const bytes = `${schemaUrl}\n${cursor.bytes.toString("latin1", start, end)}`;
  const origin =
    kind.seen.get(bytes) ?? readOrigin({ source, kind, schemaUrl, start: end > start ? start : undefined });
  kind.seen.set(bytes, origin);
  cursor.rewind(contents);
  return origin;
}

interface UnreadOrigin<Kind> {
  source: Source;
  kind: OriginKind<Kind>;
  schemaUrl: string;
  /** Where its length stands; undefined when there is none, and the cursor at the end of what would have it. */
  start: number | undefined;
}

function readOrigin<Kind>({ source, kind, schemaUrl, start }: UnreadOrigin<Kind>): Kind {
  const { cursor, tally } = source;
  if (!tally.takePart()) cursor.fail(TOO_DENSE);
  if (start === undefined) return kind.read(source, schemaUrl);
  cursor.rewind(start);
  const outer = cursor.open();
  const origin = kind.read(source, schemaUrl);
  cursor.close(outer);
  return origin;
}

function readResource(source: Source, schemaUrl: string): ReceivedResource {
  const { cursor, tally } = source;
  const attributes = new AttributeSet(tally);
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case ResourceTag.attributes:
        readAttribute(source, attributes);
        break;
      case ResourceTag.droppedAttributesCount:
        attributes.dropped += cursor.uint32();
        break;
      default:
        cursor.skip();
    }
  }
  return { attributes: attributes.values, droppedAttributesCount: attributes.dropped, schemaUrl };
}

function readScope(source: Source, schemaUrl: string): ReceivedScope {
  const { cursor, tally } = source;
  const attributes = new AttributeSet(tally);
  let name = "";
  let version = "";
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case ScopeTag.name:
        name = readName(source);
        break;
      case ScopeTag.version:
        version = readName(source);
        break;
      case ScopeTag.attributes:
        readAttribute(source, attributes);
        break;
      case ScopeTag.droppedAttributesCount:
        attributes.dropped += cursor.uint32();
        break;
      default:
        cursor.skip();
    }
  }
  return {
    name,
    version,
    attributes: attributes.values,
    droppedAttributesCount: attributes.dropped,
    schemaUrl,
  };
}
