/**
 * Patterns for repository names.
 *
 * @module
 */

/** A pattern in which `*` stands for anything within a component, and `**` for any components. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*|\*|[^*]+/g, (part) => {
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");
  });
  return new RegExp(`^${source}$`);
}
