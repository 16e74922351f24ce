/**
 * Checks values against the part of JSON Schema that the schema of the settings uses.
 *
 * @module
 */

type Schema = Readonly<Record<string, unknown>>;
type Check = (rule: unknown, value: unknown, schema: Schema, path: string) => readonly string[];

const CHECKS: Readonly<Record<string, Check>> = {
  type: (rule, value, _, path) =>
    [rule].flat().some((type) => isOfType(value, String(type))) ? [] : [`${path}: no ${rule}`],
  enum: (rule, value, _, path) =>
    Array.isArray(rule) && rule.includes(value) ? [] : [`${path}: not in ${rule}`],
  pattern: (rule, value, _, path) =>
    typeof value !== "string" || new RegExp(String(rule), "u").test(value)
      ? []
      : [`${path}: not like ${rule}`],
  minimum: (rule, value, _, path) =>
    typeof value !== "number" || value >= Number(rule) ? [] : [`${path}: below ${rule}`],
  maximum: (rule, value, _, path) =>
    typeof value !== "number" || value <= Number(rule) ? [] : [`${path}: above ${rule}`],
  required: (rule, value, _, path) =>
    list(rule).filter((key) => isObject(value) && !Object.hasOwn(value, String(key)))
      .map((key) => `${path}: no ${key}`),
  properties: (rule, value, _, path) =>
    members(value).flatMap(([key, member]) =>
      isObject(rule) && Object.hasOwn(rule, key)
        ? checkSchema(asSchema(rule[key]), member, `${path}.${key}`)
        : []
    ),
  additionalProperties: (rule, value, { properties }, path) =>
    members(value).filter(([key]) => !isObject(properties) || !Object.hasOwn(properties, key))
      .flatMap(([key, member]) =>
        rule === false
          ? [`${path}.${key}: unknown`]
          : checkSchema(asSchema(rule), member, `${path}.${key}`)
      ),
  items: (rule, value, _, path) =>
    list(value).flatMap((item, index) => checkSchema(asSchema(rule), item, `${path}[${index}]`)),
  anyOf: (rule, value, _, path) =>
    list(rule).some((one) => checkSchema(asSchema(one), value, path).length === 0)
      ? []
      : [`${path}: none of the alternatives`],
  not: (rule, value, _, path) =>
    isObject(value) && checkSchema(asSchema(rule), value, path).length === 0
      ? [`${path}: is what it must not be`]
      : [],
};

/** Words that say something and ask for nothing. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  "$schema",
  "$comment",
  "title",
  "description",
  "default",
]);

/** What a value breaks of a schema. Throws for a word of JSON Schema that it does not know. */
export function checkSchema(schema: Schema, value: unknown, path = "$"): readonly string[] {
  return Object.entries(schema).flatMap(([word, rule]) => {
    if (ANNOTATIONS.has(word)) return [];
    const check = CHECKS[word];
    if (check === undefined) throw new Error(`The schema has "${word}", which nobody checks`);
    return check(rule, value, schema, path);
  });
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  const own: string = typeof value;
  return own === type;
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asSchema(value: unknown): Schema {
  return isObject(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function members(value: unknown): readonly (readonly [string, unknown])[] {
  return isObject(value) ? Object.entries(value) : [];
}
