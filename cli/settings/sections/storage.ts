/**
 * Settings of the store.
 *
 * @module
 */

import { anything, duration, integer, number, oneOf, path, text, toggle } from "../kinds.ts";
import { ignored, map, optional, refused, row, section } from "../nodes.ts";

const USE_FILESYSTEM = "use storage.filesystem, on a volume that is mounted";

const FILESYSTEM = optional("A directory.", {
  rootdirectory: row(path, "/var/lib/registry", "directory of the store; made if it is missing", {
    bare: "./data",
    flag: "root",
    placeholder: "DIR",
  }),
  maxthreads: row(
    number,
    "100",
    "most file operations at a time",
    ignored("the system's own limit holds"),
  ),
}, { isOpen: true });

const S3 = optional("A bucket of S3, or of what speaks its protocol.", {
  accesskey: row(text, null, "name of the key", { isSecret: true }),
  secretkey: row(text, null, "the key", { isSecret: true }),
  sessiontoken: row(text, null, "token that goes with a temporary key", { isSecret: true }),
  region: row(text, null, "region of the bucket"),
  bucket: row(text, null, "name of the bucket"),
  regionendpoint: row(text, null, "endpoint other than Amazon's"),
  redirectendpoint: row(text, null, "endpoint that clients are sent to"),
  forcepathstyle: row(toggle, "false", "whether the bucket goes in the path"),
  encrypt: row(toggle, "false", "whether the server encrypts"),
  keyid: row(text, null, "its key"),
  secure: row(toggle, "true", "whether to use HTTPS"),
  skipverify: row(toggle, "false", "whether certificates go unchecked"),
  v4auth: row(toggle, "true", "whether to sign by version 4"),
  chunksize: row(number, "10485760", "bytes of a part"),
  multipartcopychunksize: row(number, "33554432", "bytes of a part that the server copies"),
  multipartcopymaxconcurrency: row(number, "100", "most such copies at a time"),
  multipartcopythresholdsize: row(number, "33554432", "size from which copies are in parts"),
  rootdirectory: row(text, null, "prefix of the keys"),
  storageclass: row(text, "STANDARD", "class of storage"),
  useragent: row(text, null, "User-Agent of the requests"),
  usedualstack: row(toggle, "false", "whether to use IPv6 too"),
  accelerate: row(toggle, "false", "whether to use transfer acceleration"),
  usefipsendpoint: row(toggle, "false", "whether to use FIPS endpoints"),
  objectacl: row(text, "private", "canned ACL"),
  loglevel: row(text, "off", "what the client logs"),
}, { isOpen: true, ...refused(USE_FILESYSTEM) });

const GCS = optional("A bucket of Google Cloud Storage.", {
  bucket: row(text, null, "name of the bucket"),
  keyfile: row(path, null, "file of the service account"),
  credentials: map("the service account", row(anything, null, "its value"), { isSecret: true }),
  rootdirectory: row(text, null, "prefix of the names"),
  chunksize: row(number, "5242880", "bytes of a chunk"),
  maxconcurrency: row(number, null, "most requests at a time"),
}, { isOpen: true, ...refused(USE_FILESYSTEM) });

const AZURE = optional("A container of Azure.", {
  accountname: row(text, null, "name of the account"),
  accountkey: row(text, null, "its key", { isSecret: true }),
  container: row(text, null, "name of the container"),
  credentials: section("how to sign in", {
    type: row(text, null, "`client_secret`, `shared_key` or `default_credentials`"),
    clientid: row(text, null, "client"),
    tenantid: row(text, null, "tenant"),
    secret: row(text, null, "secret", { isSecret: true }),
  }),
  rootdirectory: row(text, null, "prefix of the names"),
  realm: row(text, "core.windows.net", "domain of the endpoint"),
  serviceurl: row(text, null, "endpoint other than Azure's"),
  max_retries: row(integer, null, "most retries"),
  retry_delay: row(duration, "100ms", "time before the first"),
}, { isOpen: true, ...refused(USE_FILESYSTEM) });

const UPLOAD_PURGING = section("Removes uploads that nobody goes on with.", {
  enabled: row(toggle, "true", "whether to"),
  age: row(duration, "168h", "after how long without an end an upload is removed"),
  interval: row(duration, "24h", "how often the server looks"),
  dryrun: row(toggle, "false", "whether it only says what would go"),
}, { isOpen: true });

const OSS = optional("A bucket of Aliyun, in distribution 2.", {
  accesskeyid: row(text, null, "name of the key", { isSecret: true }),
  accesskeysecret: row(text, null, "the key", { isSecret: true }),
  region: row(text, null, "region of the bucket"),
  bucket: row(text, null, "name of the bucket"),
  endpoint: row(text, null, "endpoint other than the region's"),
  internal: row(toggle, "false", "whether to use the internal endpoint"),
  encrypt: row(toggle, "false", "whether the server encrypts"),
  encryptionkeyid: row(text, null, "its key"),
  secure: row(toggle, "true", "whether to use HTTPS"),
  chunksize: row(number, "5242880", "bytes of a part"),
  rootdirectory: row(text, null, "prefix of the names"),
}, { isOpen: true, ...refused(USE_FILESYSTEM) });

const SWIFT = optional("A container of OpenStack, in distribution 2.", {
  authurl: row(text, null, "where to sign in"),
  username: row(text, null, "name"),
  password: row(text, null, "password", { isSecret: true }),
  region: row(text, null, "region of the container"),
  container: row(text, null, "name of the container"),
  tenant: row(text, null, "tenant"),
  tenantid: row(text, null, "its id"),
  tenantdomain: row(text, null, "its domain"),
  tenantdomainid: row(text, null, "the domain's id"),
  domain: row(text, null, "domain of the user"),
  domainid: row(text, null, "its id"),
  trustid: row(text, null, "id of the trust"),
  insecureskipverify: row(toggle, "false", "whether certificates go unchecked"),
  chunksize: row(number, "5242880", "bytes of a part"),
  prefix: row(text, null, "prefix of the names"),
  secretkey: row(text, null, "key of temporary URLs", { isSecret: true }),
  accesskey: row(text, null, "name of that key", { isSecret: true }),
  authversion: row(number, null, "version of signing in"),
  endpointtype: row(text, null, "which endpoint"),
  rootdirectory: row(text, null, "prefix of the names"),
}, { isOpen: true, ...refused(USE_FILESYSTEM) });

const MAINTENANCE = section("Upkeep.", {
  uploadpurging: UPLOAD_PURGING,
  readonly: section("Turns down writes.", {
    enabled: row(
      toggle,
      "false",
      "turn down every write with 405; SIGUSR1 does so too, until the next one",
      { flag: "read-only" },
    ),
    file: row(path, null, "file that has the same effect while it exists; berth's own"),
  }, { isOpen: true }),
}, { isOpen: true });

const CACHED = ignored("berth keeps what it needs in its own memory");

export const STORAGE = section("Where the bytes are. One driver.", {
  filesystem: FILESYSTEM,
  inmemory: optional("The memory of the process, for trying things out.", {}, { isOpen: true }),
  s3: S3,
  gcs: GCS,
  azure: AZURE,
  oss: OSS,
  swift: SWIFT,
  delete: section("Removal by clients.", {
    enabled: row(toggle, "false", "whether manifests, tags and blobs can be deleted", {
      bare: "true",
    }),
  }, { isOpen: true }),
  redirect: section("Sending clients to the store itself.", {
    disable: row(toggle, "false", "never to", ignored("a directory cannot be redirected to")),
  }, { isOpen: true }),
  cache: section("Remembering what blobs there are.", {
    blobdescriptor: row(oneOf("inmemory", "redis"), null, "where", CACHED),
    layerinfo: row(oneOf("inmemory", "redis"), null, "old name of `blobdescriptor`", CACHED),
    blobdescriptorsize: row(number, "10000", "most blobs remembered", CACHED),
  }, { isOpen: true }),
  tag: section("Looking up tags.", {
    concurrencylimit: row(number, null, "most lookups at a time", ignored("they need no limit")),
  }, { isOpen: true }),
  maintenance: MAINTENANCE,
}, { isOpen: true, variants: "storage driver" });

/** What is done to requests for the store in distribution. */
export const MIDDLEWARE_OPTIONS = {
  name: row(text, null, "which"),
  disabled: row(toggle, "false", "whether it is off"),
  options: map("its settings", row(anything, null, "its value"), { isSecret: true }),
} as const;
