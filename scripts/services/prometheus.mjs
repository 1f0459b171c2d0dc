import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { httpOk } from './http.mjs';
import { findOnPath } from './process.mjs';
import { missing } from './tools.mjs';

/** Prometheus that scrapes a service on its usual port 8080; optional, as nothing else needs it. */
export const prometheus = {
  name: 'prometheus',
  title: 'Prometheus',
  optional: true,
  usualPorts: { http: 9090 },
  missingTools: () => missing('prometheus', 'prometheus', 'it stores the metrics; optional'),
  prepare: async () => {},
  command({ dir, ports }) {
    const config = path.join(dir, 'prometheus.yml');
    writeFileSync(config, SCRAPE);
    const storage = `--storage.tsdb.path=${path.join(dir, 'data')}`;
    const address = `--web.listen-address=127.0.0.1:${ports.http}`;
    return { file: findOnPath('prometheus'), args: [`--config.file=${config}`, storage, address] };
  },
  answers: ({ ports }) => httpOk(`http://127.0.0.1:${ports.http}/-/ready`),
  env: ({ ports }) => ({ PROMETHEUS_URL: `http://127.0.0.1:${ports.http}` }),
};

const SCRAPE = `global:
  scrape_interval: 5s
scrape_configs:
  - job_name: power-nowcast
    static_configs:
      - targets: ['127.0.0.1:8080']
`;
