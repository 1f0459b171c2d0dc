import { existsSync } from 'node:fs';
import { fetchRegistry, REGISTRY_HOME, REGISTRY_JAR } from './artifacts.mjs';
import { httpOk } from './http.mjs';
import { javaTools, mavenTools, missing } from './tools.mjs';

const API = '/apis/ccompat/v7';

/** Apicurio registry on its own H2 database in memory, spoken to through its Confluent-compatible API. */
export const registry = {
  name: 'registry',
  title: 'schema registry (Apicurio 3.0.9)',
  optional: false,
  usualPorts: { http: 8081, management: 0 },
  missingTools: () => [
    ...javaTools(),
    ...(existsSync(REGISTRY_HOME)
      ? []
      : [...mavenTools(), ...missing('tar', 'tar', 'it unpacks the schema registry')]),
  ],
  prepare: fetchRegistry,
  command: ({ ports }) => ({
    file: 'java',
    args: ['-Xmx256m', '-XX:+UseSerialGC', '-jar', REGISTRY_JAR],
    env: {
      APICURIO_STORAGE_KIND: 'sql',
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(ports.http),
      QUARKUS_MANAGEMENT_HOST: '127.0.0.1',
      QUARKUS_MANAGEMENT_PORT: String(ports.management),
    },
  }),
  answers: ({ ports }) => httpOk(`http://127.0.0.1:${ports.http}${API}/subjects`),
  env: ({ ports }) => ({ SCHEMA_REGISTRY_URL: `http://127.0.0.1:${ports.http}${API}` }),
};
