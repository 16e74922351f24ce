/**
 * Configurations as distribution's repository and documentation have them, with the same keys and values.
 *
 * @module
 */

/** One configuration, and what berth makes of it. */
export interface Config {
  /** Where distribution has it. */
  readonly of: string;
  readonly yaml: string;
  /** The keys that keep berth from starting; empty when it starts. */
  readonly refused: readonly string[];
  /** The keys that berth starts without, and says so. */
  readonly passedOver: readonly string[];
}

const FILESYSTEM = "storage: {filesystem: {rootdirectory: /var/lib/registry}}";

export const CONFIGS: readonly Config[] = [
  {
    of: "cmd/registry/config-dev.yml",
    yaml: `version: 0.1
log: {level: debug, fields: {service: registry, environment: development}}
storage:
  delete: {enabled: true}
  cache: {blobdescriptor: inmemory}
  filesystem: {rootdirectory: /var/lib/registry}
  maintenance: {uploadpurging: {enabled: false}}
  tag: {concurrencylimit: 8}
http:
  addr: :5000
  debug: {addr: ":5001", prometheus: {enabled: true, path: /metrics}}
  headers: {X-Content-Type-Options: [nosniff]}
health: {storagedriver: {enabled: true, interval: 10s, threshold: 3}}
`,
    refused: [],
    passedOver: [
      "storage.cache.blobdescriptor",
      "storage.tag.concurrencylimit",
    ],
  },
  {
    of: "cmd/registry/config-example.yml",
    yaml: `version: 0.1
log: {fields: {service: registry}}
storage:
  cache: {blobdescriptor: inmemory}
  filesystem: {rootdirectory: /var/lib/registry}
  tag: {concurrencylimit: 8}
http:
  addr: :5000
  headers: {X-Content-Type-Options: [nosniff]}
auth: {htpasswd: {realm: basic-realm, path: /etc/registry}}
health: {storagedriver: {enabled: true, interval: 10s, threshold: 3}}
`,
    refused: [],
    passedOver: [
      "storage.cache.blobdescriptor",
      "storage.tag.concurrencylimit",
    ],
  },
  {
    of: "cmd/registry/config-cache.yml",
    yaml: `version: 0.1
log: {level: debug, fields: {service: registry, environment: development}}
storage:
  cache: {blobdescriptor: redis}
  filesystem: {rootdirectory: /var/lib/registry-cache}
  maintenance: {uploadpurging: {enabled: false}}
  tag: {concurrencylimit: 8}
http:
  addr: :5000
  secret: asecretforlocaldevelopment
  debug: {addr: "localhost:5001"}
  headers: {X-Content-Type-Options: [nosniff]}
redis:
  addrs: ["localhost:6379"]
  maxidleconns: 16
  poolsize: 64
  connmaxidletime: 300s
  dialtimeout: 10ms
  readtimeout: 10ms
  writetimeout: 10ms
notifications:
  events: {includereferences: true}
  endpoints:
    - name: local-8082
      url: http://localhost:5003/callback
      headers: {Authorization: [Bearer <an example token>]}
      timeout: 1s
      threshold: 10
      backoff: 1s
      disabled: true
    - name: local-8083
      url: http://localhost:8083/callback
      timeout: 1s
      threshold: 10
      backoff: 1s
      disabled: true
proxy: {remoteurl: "https://registry-1.docker.io", username: username, password: password}
health: {storagedriver: {enabled: true, interval: 10s, threshold: 3}}
`,
    refused: ["proxy"],
    passedOver: [],
  },
  {
    of: "docs/content/recipes/osx/config.yml",
    yaml: `version: 0.1
log: {level: info, fields: {service: registry, environment: macbook-air}}
storage:
  cache: {blobdescriptor: inmemory}
  filesystem: {rootdirectory: /Users/Shared/Registry}
http:
  addr: 0.0.0.0:5000
  secret: mytokensecret
  debug: {addr: "localhost:5001"}
`,
    refused: [],
    passedOver: ["storage.cache.blobdescriptor", "http.secret"],
  },
  {
    of: "tests/conf-local-s3.yml",
    yaml: `version: 0.1
http:
  addr: :5000
  debug: {addr: ":5001", prometheus: {enabled: true, path: /metrics}}
  draintimeout: 5s
  secret: hmacsecret
log:
  accesslog: {disabled: false}
  fields: {environment: local, service: registry}
  formatter: text
  level: debug
storage:
  delete: {enabled: true}
  cache: {blobdescriptor: inmemory}
  maintenance: {uploadpurging: {enabled: false}}
  s3:
    region: us-east-1
    accesskey: distribution
    secretkey: password
    bucket: images-local
    rootdirectory: /registry-v2
    regionendpoint: http://127.0.0.1:9000
    encrypt: false
    secure: false
    chunksize: 33554432
    v4auth: true
    usefipsendpoint: false
`,
    refused: ["storage.s3"],
    passedOver: [],
  },
  {
    of: "docs, garbage collection: a registry that is read only",
    yaml: `version: 0.1
storage:
  filesystem: {rootdirectory: /var/lib/registry}
  maintenance: {readonly: {enabled: true}}
http: {addr: ":5000"}
`,
    refused: [],
    passedOver: [],
  },
  {
    of: "docs, configuration: upload purging",
    yaml: `version: 0.1
storage:
  filesystem: {rootdirectory: /var/lib/registry}
  maintenance: {uploadpurging: {enabled: true, age: 168h, interval: 24h, dryrun: false}}
http: {addr: ":5000"}
`,
    refused: [],
    passedOver: [],
  },
  {
    of: "docs, configuration: hooks and notifications",
    yaml: `version: 0.1
log:
  hooks:
    - type: mail
      levels: [panic]
      options:
        smtp: {addr: "smtp.sendhost.com:25", username: sendername, password: password, insecure: true}
        from: name@sendhost.com
        to: [name@receivehost.com]
${FILESYSTEM}
http: {addr: ":5000"}
notifications:
  endpoints:
    - name: alistener
      disabled: false
      url: https://my.listener.com/event
      headers: {Authorization: [Bearer <your token, if needed>]}
      timeout: 1s
      threshold: 10
      backoff: 1s
      ignoredmediatypes: [application/octet-stream]
      ignore: {mediatypes: [application/octet-stream], actions: [pull]}
`,
    refused: [],
    passedOver: ["log.hooks"],
  },
  {
    of: "docs, configuration: health",
    yaml: `version: 0.1
${FILESYSTEM}
http: {addr: ":5000"}
health:
  storagedriver: {enabled: true, interval: 10s, threshold: 3}
  file: [{file: /path/to/checked/file, interval: 10s}]
  http:
    - uri: http://server.to.check/must/return/200
      headers: {Authorization: [Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==]}
      statuscode: 200
      timeout: 3s
      interval: 10s
      threshold: 3
  tcp: [{addr: "redis-server.domain.com:6379", timeout: 3s, interval: 10s, threshold: 3}]
`,
    refused: [],
    passedOver: [],
  },
  {
    of: "docs, configuration: certificates by ACME",
    yaml: `version: 0.1
${FILESYSTEM}
http:
  addr: :443
  tls: {letsencrypt: {cachefile: /path/to/cache-file, email: emailused@letsencrypt.com,
    hosts: [myregistryaddress.org]}}
`,
    refused: ["http.tls.letsencrypt"],
    passedOver: [],
  },
  {
    of: "docs, recipes: a mirror",
    yaml: `version: 0.1
${FILESYSTEM}
http: {addr: ":5000"}
proxy: {remoteurl: "https://registry-1.docker.io", username: "[username]", ttl: 168h}
`,
    refused: ["proxy"],
    passedOver: [],
  },
  {
    of: "docs, middleware: CloudFront",
    yaml: `version: 0.1
storage: {s3: {region: us-east-1, bucket: docker.myregistry.com}}
http: {addr: ":5000"}
middleware:
  storage:
    - name: cloudfront
      options:
        baseurl: https://my.cloudfronted.domain.com/
        privatekey: /path/to/pem
        keypairid: cloudfrontkeypairid
        duration: 3000s
`,
    refused: ["storage.s3", "middleware.storage"],
    passedOver: [],
  },
  {
    of: "docs, storage drivers: Google Cloud Storage",
    yaml: `version: 0.1
storage: {gcs: {bucket: bucketname, keyfile: /path/to/keyfile, chunksize: 5242880}}
http: {addr: ":5000"}
`,
    refused: ["storage.gcs"],
    passedOver: [],
  },
  {
    of: "docs, storage drivers: memory",
    yaml: "version: 0.1\nstorage: {inmemory: }\nhttp: {addr: localhost:5000}\n",
    refused: [],
    passedOver: [],
  },
];
