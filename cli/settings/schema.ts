/**
 * The JSON Schema of the configuration.
 *
 * @module
 */

import type { Node, Section } from "./nodes.ts";
import { isVariant } from "./nodes.ts";
import { TABLE } from "./table.ts";

type Schema = Readonly<Record<string, unknown>>;

/** The JSON Schema (draft 2020-12) of a configuration file, from the table of settings. */
export function settingsSchema(): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of berth, and of distribution's registry",
    ...schemaOf(TABLE),
  };
}

function schemaOf(node: Node): Schema {
  const about = { description: node.meaning, ...standOf(node) };
  if (node.node === "row") return orNull({ ...about, ...node.kind.schema, ...defaultOf(node) });
  if (node.node === "list") {
    const items = schemaOf(node.items);
    const schema = orNull({ ...about, type: "array", items });
    return node.isLoose === true ? { anyOf: [items, schema] } : schema;
  }
  if (node.node === "map") {
    return orNull({ ...about, type: "object", additionalProperties: schemaOf(node.values) });
  }
  return sectionSchema(node, about);
}

function sectionSchema(node: Section, about: Schema): Schema {
  const children = Object.entries(node.children);
  const required = children.flatMap(([key, child]) =>
    child.node === "row" && child.isRequired ? [key] : []
  );
  const schema = {
    ...about,
    type: "object",
    properties: Object.fromEntries(children.map(([key, child]) => [key, schemaOf(child)])),
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
  };
  const variants = children.map(([key]) => key).filter((key) => isVariant(node, key));
  if (variants.length === 0) return required.length > 0 ? schema : orNull(schema);
  const pairs = variants.flatMap((first, index) =>
    variants.slice(index + 1).map((second) => ({ required: [first, second] }))
  );
  return { anyOf: [{ enum: variants }, orNull({ ...schema, not: { anyOf: pairs } })] };
}

/** A key with nothing behind it is as good as none. */
function orNull(schema: Schema): Schema {
  if (Array.isArray(schema.enum)) return { ...schema, enum: [...schema.enum, null] };
  if (schema.type === undefined) return schema;
  return { ...schema, type: [schema.type, "null"].flat() };
}

function defaultOf(node: Extract<Node, { node: "row" }>): Schema {
  if (node.fallback === null || node.isRequired || node.fallbackWords !== undefined) return {};
  const { type } = node.kind.schema;
  if (type === "boolean") return { default: node.fallback === "true" };
  return { default: type === "integer" ? Number(node.fallback) : node.fallback };
}

function standOf({ stand }: Node): Schema {
  return stand === undefined ? {} : { $comment: `${stand.kind}: ${stand.advice}` };
}
