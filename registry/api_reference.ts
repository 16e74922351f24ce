/**
 * Writes the API reference off the tables that the server answers by.
 *
 * @module
 */

import { ERRORS } from "./errors.ts";
import type { Access, Endpoint, Route, Switch } from "./route.ts";
import { markdownTable } from "./markdown.ts";
import { ROUTES } from "./routes.ts";

/** Printed above what is generated, so that nobody edits it by hand. */
const INTRODUCTION = `# HTTP API

Generated from the route table by \`deno task docs\`; \`berth api\` prints the same page.

Paths take an optional slash at the end. \`OPTIONS\` lists the methods of a path; any other method is
answered with 405 and \`Allow\`. Every answer carries \`Docker-Distribution-API-Version\` and
\`X-Content-Type-Options\`. Errors have the JSON body of the OCI distribution spec.`;

const ACCESS: Readonly<Record<Access, string>> = {
  none: "nothing",
  base: "a login",
  pull: "pull",
  push: "push",
  delete: "delete",
  catalog: "catalog",
};

const TURNED_DOWN: Readonly<Record<Switch, string>> = {
  none: "never",
  write: "read-only",
  delete: "read-only, deleting disabled",
};

/** The whole reference as Markdown, formatted as `deno fmt` leaves it. */
export function apiReference(): string {
  return [INTRODUCTION, ...ROUTES.map(routeSection), errorSection()].join("\n\n") + "\n";
}

function routeSection(route: Route): string {
  return [
    `## \`${route.path}\``,
    markdownTable(
      ["Method", "What it does", "Takes", "Refused when", "Success", "OCI"],
      route.endpoints.map((endpoint) => [
        `\`${endpoint.method}\``,
        endpoint.summary,
        ACCESS[endpoint.access],
        TURNED_DOWN[endpoint.guardedBy],
        endpoint.success.join(", "),
        endpoint.spec ?? "-",
      ]),
    ),
    ...failureTable(route),
  ].join("\n\n");
}

/** Which methods of a route fail with which codes; nothing for a route that does not fail. */
function failureTable({ endpoints }: Route): readonly string[] {
  const rows = Object.keys(ERRORS).flatMap((code) => {
    const methods = endpoints.filter((endpoint) => canFail(endpoint, code));
    return methods.length === 0 ? [] : [[
      `\`${code}\``,
      methods.map(({ method }) => `\`${method}\``).join(", "),
    ]];
  });
  return rows.length === 0 ? [] : [markdownTable(["Failure", "Of"], rows)];
}

function canFail({ failures }: Endpoint, code: string): boolean {
  return failures.some((failure) => failure === code);
}

function errorSection(): string {
  const rows = Object.entries(ERRORS).map(([code, { status, message }]) => [
    `\`${code}\``,
    String(status),
    message,
  ]);
  return ["## Errors", markdownTable(["Code", "Status", "Message"], rows)].join("\n\n");
}
