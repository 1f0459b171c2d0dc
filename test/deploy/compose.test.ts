import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '..', '..');
const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Service {
  image: string;
  command?: string[] | string;
  ports?: string[];
  restart?: string;
  profiles?: string[];
  environment?: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  deploy?: { resources?: { limits?: { cpus?: string; memory?: string; pids?: number } } };
  volumes?: string[];
  secrets?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

const compose = parse(text('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ONE_SHOT = ['topics'];
const ROLES = ['collect', 'stream', 'train', 'serve'];

describe('docker-compose.yml', () => {
  it('runs every role and everything it needs', () => {
    const names = services.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining([...ROLES, ...ONE_SHOT]));
    expect(names).toEqual(expect.arrayContaining(['kafka', 'registry', 'influxdb', 'grafana', 'prometheus']));
    const commands = Object.fromEntries(ROLES.map((role) => [role, compose.services[role]?.command]));
    expect(commands).toEqual({
      collect: ['collect', '--source', 'simulator'],
      stream: ['stream'],
      train: ['train'],
      serve: ['serve'],
    });
    expect(new Set([...ROLES, ...ONE_SHOT].map((name) => compose.services[name]?.image)).size).toBe(1);
  });

  it('starts by default only what the command line has', () => {
    const cli = ['roles', 'train', 'topics'].map((name) => text(`src/cli/${name}.ts`)).join('\n');
    for (const name of [...ROLES, ...ONE_SHOT]) {
      const { command = [], profiles } = compose.services[name] ?? { image: '' };
      if (profiles === undefined) expect(cli).toMatch(new RegExp(`ommand\\(\\s*'${command[0] ?? ''}'`));
    }
  });

  it.each(services)('%s publishes its ports on the loopback address alone', (_name, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(service).not.toHaveProperty('network_mode');
    expect(service).not.toHaveProperty('privileged');
  });

  it.each(services)('%s has a health check, unless it runs once', (name, service) => {
    if (ONE_SHOT.includes(name)) {
      expect(service.restart).toMatch(/^on-failure/);
      return;
    }
    expect(service.healthcheck?.test?.length).toBeGreaterThan(1);
    expect(service.healthcheck?.disable).toBeUndefined();
    expect(service.restart).toBe('unless-stopped');
  });

  it.each(services)('%s is bounded in processors, memory and processes', (_name, service) => {
    const limits = service.deploy?.resources?.limits;
    expect(Number(limits?.cpus)).toBeGreaterThan(0);
    expect(limits?.memory).toMatch(/^\d+[mg]$/);
    expect(limits?.pids).toBeGreaterThan(0);
  });

  it.each(services)('%s gives up its capabilities and can gain none', (name, service) => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    if (name !== 'influxdb') expect(service.cap_add).toBeUndefined();
    if (name !== 'kafka') expect(service.read_only).toBe(true);
  });

  it.each(services)('%s has an image of a fixed version', (_name, service) => {
    expect(service.image).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?$/);
  });

  it('waits for what is ready, and names only what exists', () => {
    for (const [name, service] of services) {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(compose.services, name).toHaveProperty(needed);
        expect(condition).toBe(
          ONE_SHOT.includes(needed) ? 'service_completed_successfully' : 'service_healthy',
        );
      }
      for (const secret of service.secrets ?? []) expect(compose.secrets, name).toHaveProperty(secret);
      for (const volume of service.volumes ?? []) {
        const source = volume.split(':')[0] ?? '';
        if (!source.startsWith('.')) expect(compose.volumes, name).toHaveProperty(source);
      }
    }
  });

  it('keeps secrets in files: none stands in an environment', () => {
    for (const [name, service] of services) {
      for (const [variable, value] of Object.entries(service.environment ?? {})) {
        if (/PASSWORD|SECRET|TOKEN|KEY(S|_FILE|$)/.test(variable)) {
          expect(variable, name).toMatch(/_FILE$/);
          expect(compose.secrets, name).toHaveProperty(String(value).replace('/run/secrets/', ''));
          expect(service.secrets, name).toContain(String(value).replace('/run/secrets/', ''));
        }
      }
    }
    const made = text('deploy/make-secrets.sh');
    for (const { file } of Object.values(compose.secrets)) expect(made).toContain(path.basename(file));
    expect(text('deploy/secrets/.gitignore').split('\n')[0]).toBe('*');
  });

  it('gives the key that signs models to the trainer alone', () => {
    const holders = services.filter(([, service]) => service.secrets?.includes('model_signing_key'));
    expect(holders.map(([name]) => name)).toEqual(['train']);
  });

  it('sets only what the configuration reads', () => {
    const known = ['load-config', 'auth-settings'].map((name) => text(`src/config/${name}.ts`)).join('\n');
    for (const role of [...ROLES, ...ONE_SHOT]) {
      for (const variable of Object.keys(compose.services[role]?.environment ?? {})) {
        expect(known).toContain(`'${variable.replace(/_FILE$/, '')}'`);
      }
    }
  });
});

describe('Dockerfile', () => {
  const dockerfile = text('Dockerfile');
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

  it('ends in an image without build tools that runs as another user than root', () => {
    expect(dockerfile.match(/^FROM node:20-bookworm-slim/gm)).toHaveLength(3);
    expect(dockerfile).toContain('npm ci --omit=dev');
    expect(lastStage).toMatch(/^USER node$/m);
    expect(lastStage).toMatch(/^HEALTHCHECK /m);
    expect(lastStage).not.toMatch(/npm (ci|install)/);
  });

  it('copies only what .dockerignore lets in', () => {
    const allowed = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, names]) => names?.split(' ') ?? [],
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const name of copied) expect(allowed).toContain(name);
  });
});

describe('deploy/', () => {
  it('has Prometheus scrape every role of the compose file at its port', () => {
    const config = parse(text('deploy/prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    const targets = config.scrape_configs.flatMap((job) =>
      job.static_configs.flatMap((group) => group.targets),
    );
    expect(targets).toEqual(expect.arrayContaining(ROLES.map((role) => `${role}:8080`)));
    expect(text('Dockerfile')).toMatch(/NOWCAST_PORT=8080/);
  });

  it('confines the systemd service', () => {
    const unit = text('deploy/systemd/nowcast.service');
    expect(unit).toMatch(/^ExecStart=\S+node bin\/nowcast\.js up$/m);
    for (const setting of [
      'User=nowcast',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'CapabilityBoundingSet=',
    ]) {
      expect(unit.split('\n')).toContain(setting);
    }
  });
});
