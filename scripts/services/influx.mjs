import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { httpOk } from './http.mjs';
import { findOnPath } from './process.mjs';
import { missing } from './tools.mjs';

/** InfluxDB 1.x without authentication, on loopback alone. */
export const influx = {
  name: 'influx',
  title: 'InfluxDB',
  optional: false,
  usualPorts: { http: 8086, rpc: 8088 },
  missingTools: () => missing('influxd', 'influxdb', 'InfluxDB 1.x keeps the history'),
  prepare: async () => {},
  command({ dir, ports }) {
    const config = path.join(dir, 'influxdb.conf');
    writeFileSync(config, configuration(dir, ports));
    return { file: findOnPath('influxd'), args: ['-config', config] };
  },
  answers: ({ ports }) => httpOk(`http://127.0.0.1:${ports.http}/ping`),
  env: ({ ports }) => ({ INFLUX_URL: `http://127.0.0.1:${ports.http}` }),
};

function configuration(dir, ports) {
  const at = (name) => JSON.stringify(path.join(dir, name));
  return `reporting-disabled = true
bind-address = "127.0.0.1:${ports.rpc}"
[meta]
  dir = ${at('meta')}
[data]
  dir = ${at('data')}
  wal-dir = ${at('wal')}
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${ports.http}"
  log-enabled = false
[monitor]
  store-enabled = false
`;
}
