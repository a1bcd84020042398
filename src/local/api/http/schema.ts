/** The JSON schemas (OpenAPI 3.0) that kinds are described with. */

export interface Schema {
  type?: "string" | "integer" | "boolean" | "array" | "object";
  description: string;
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
  additionalProperties?: Schema;
  /** Has fields besides those named here, or is no object: nothing in it is checked. */
  "x-kubernetes-preserve-unknown-fields"?: true;
}

export function text(description: string): Schema {
  return { type: "string", description };
}

export function whole(description: string): Schema {
  return { type: "integer", description };
}

export function flag(description: string): Schema {
  return { type: "boolean", description };
}

/** Whatever comes. */
export function anything(description: string): Schema {
  return { description, "x-kubernetes-preserve-unknown-fields": true };
}

export function texts(description: string): Schema {
  return listOf(text("Item."), description);
}

export function listOf(items: Schema, description: string): Schema {
  return { type: "array", items, description };
}

/** These fields and no others. */
export function fields(properties: Readonly<Record<string, Schema>>, description: string): Schema {
  return { type: "object", properties, description };
}

/** These fields, and others that are not described. */
export function someFields(properties: Readonly<Record<string, Schema>>, description: string): Schema {
  return { ...fields(properties, description), "x-kubernetes-preserve-unknown-fields": true };
}

export function mapOf(additionalProperties: Schema, description: string): Schema {
  return { type: "object", additionalProperties, description };
}
