/**
 * Settings that distribution 2 had and 3 has not.
 *
 * @module
 */

import { path, text, toggle } from "../kinds.ts";
import { ignored, later, refused, row, section } from "../nodes.ts";

export const COMPATIBILITY = section("Old clients, in distribution 2.", {
  schema1: section("Manifests of schema 1.", {
    enabled: row(toggle, "false", "whether they can be pushed", refused("push schema 2 or OCI")),
    trustkey: row(path, null, "file of the key that signs them", ignored("nothing is signed")),
  }),
});

export const REPORTING = section("Reports of errors to others, in distribution 2.", {
  bugsnag: section("To Bugsnag.", {
    apikey: row(text, null, "key there", { isSecret: true }),
    releasestage: row(text, null, "stage"),
    endpoint: row(text, null, "endpoint"),
  }),
  newrelic: section("To New Relic.", {
    licensekey: row(text, null, "key there", { isSecret: true }),
    name: row(text, null, "name of the application"),
    verbose: row(toggle, "false", "whether to log what is sent"),
  }),
}, later("nothing is reported"));
