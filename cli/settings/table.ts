/**
 * Every setting of the server, in one table: the keys of distribution's configuration and berth's own in its manner,
 * what they may be, what they mean and how berth stands to them. Reading, printing, the reference page, the JSON Schema
 * and the flags of `berth serve` are read off it.
 *
 * @module
 */

import { version } from "./kinds.ts";
import { required, section, type ValueOf } from "./nodes.ts";
import { ACCESS, AUTH, LIMITS } from "./sections/auth.ts";
import { CATALOG, GC, POLICY, TAGS, VALIDATION } from "./sections/content.ts";
import { HTTP } from "./sections/http.ts";
import { LOG, LOG_LEVEL } from "./sections/log.ts";
import { HEALTH, MIDDLEWARES, NOTIFICATIONS, PROXY, REDIS } from "./sections/outside.ts";
import { COMPATIBILITY, REPORTING } from "./sections/version_2.ts";
import { STORAGE } from "./sections/storage.ts";

export const TABLE = section("The configuration.", {
  version: required(version, "version of the form of the file"),
  log: LOG,
  loglevel: LOG_LEVEL,
  storage: STORAGE,
  auth: AUTH,
  access: ACCESS,
  middleware: MIDDLEWARES,
  http: HTTP,
  notifications: NOTIFICATIONS,
  redis: REDIS,
  health: HEALTH,
  catalog: CATALOG,
  tags: TAGS,
  proxy: PROXY,
  validation: VALIDATION,
  policy: POLICY,
  compatibility: COMPATIBILITY,
  reporting: REPORTING,
  gc: GC,
  limits: LIMITS,
});

/** The value of every setting, as plain data that can be posted to workers. */
export type Settings = ValueOf<typeof TABLE>;
