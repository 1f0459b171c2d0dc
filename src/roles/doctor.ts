import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';
import type { RuntimeConfig } from '../config/types.js';
import { messageOf } from '../contracts/errors.js';
import { fileProblem } from '../contracts/file-problem.js';
import { toIso } from '../contracts/time.js';
import { createLogger } from '../ops/logger.js';
import { loadModel } from '../model/loaded-model.js';
import { readModels } from '../model/model-catalogue.js';
import { openTrustedKeys } from '../model/signing-keys.js';
import { openContext, type RoleContext } from './context.js';
import { examineKeys } from './doctor-keys.js';
import { examineInputs, examineSources } from './doctor-sources.js';
import { latestDemandMs } from '../log/latest-demand.js';

export interface DoctorFinding {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, and what to do about it when it is not ok. */
  readonly detail: string;
}

const MIN_NODE_MAJOR = 20;
const LOW_DISK_BYTES = 1e9;

/**
 * Checks what a configuration needs: runtime, data directory, API keys, log, registry, history, models, page, each source over
 * the network. Never throws.
 */
export async function examine(config: RuntimeConfig): Promise<DoctorFinding[]> {
  const findings = [nodeVersion(), await disk(config), page(), examineKeys(config, Date.now())];
  let context: RoleContext;
  try {
    context = await openContext({ config, logger: createLogger({ level: 'silent', pretty: false }) });
  } catch (error) {
    return [...findings, { name: 'log and schemas', ok: false, detail: messageOf(error) }];
  }
  findings.push({
    name: 'log and schemas',
    ok: true,
    detail: `${context.log.kind} log, epoch ${await context.log.epoch()}`,
  });
  const checks: [string, () => Promise<string>][] = [
    ['history', () => history(context)],
    ['demand', () => demand(context)],
    ['models', () => models(context)],
  ];
  for (const [name, check] of checks) findings.push(await attempt(name, check));
  findings.push(...(await examineInputs(context)), ...(await examineSources(context)));
  await context.close();
  return findings;
}

async function attempt(name: string, check: () => Promise<string>): Promise<DoctorFinding> {
  try {
    return { name, ok: true, detail: await check() };
  } catch (error) {
    return { name, ok: false, detail: messageOf(error) };
  }
}

function nodeVersion(): DoctorFinding {
  const major = Number(process.versions.node.split('.')[0]);
  const ok = major >= MIN_NODE_MAJOR;
  return {
    name: 'node',
    ok,
    detail: ok
      ? `v${process.versions.node}`
      : `v${process.versions.node}; install version ${MIN_NODE_MAJOR} or newer`,
  };
}

async function disk({ dataDir }: RuntimeConfig): Promise<DoctorFinding> {
  const name = 'data directory';
  try {
    const existing = nearestExisting(dataDir);
    accessSync(existing + path.sep, constants.W_OK);
    const { bavail, bsize } = await statfs(existing);
    const free = bavail * bsize;
    const detail = `${dataDir}, ${(free / 1e9).toFixed(1)} GB free`;
    return {
      name,
      ok: free > LOW_DISK_BYTES,
      detail: free > LOW_DISK_BYTES ? detail : `${detail}; make room or move it with --data-dir`,
    };
  } catch (error) {
    const detail = `${dataDir}: ${fileProblem(error)}; choose another with --data-dir`;
    return { name, ok: false, detail };
  }
}

/** The folder itself, or the one above it that a command would make it in. */
function nearestExisting(dir: string): string {
  const parent = path.dirname(dir);
  return existsSync(dir) || parent === dir ? dir : nearestExisting(parent);
}

function page(): DoctorFinding {
  const ok = existsSync(path.join(packageRoot(), 'dist', 'web', 'index.html'));
  return { name: 'dashboard', ok, detail: ok ? 'built' : 'not built; run `npm run build`' };
}

async function history({ history: store }: RoleContext): Promise<string> {
  await store.open();
  return `${store.kind} history answers`;
}

async function demand({ log }: RoleContext): Promise<string> {
  const latestMs = await latestDemandMs(log);
  return latestMs === null
    ? 'none yet; import some or start a collector'
    : `newest became available at ${toIso(latestMs)}`;
}

async function models({ log, codec, config }: RoleContext): Promise<string> {
  const promoted = (await readModels(log, codec)).filter(({ status }) => status === 'promoted');
  const trusted = openTrustedKeys(config);
  for (const record of promoted) await (await loadModel(record, trusted)).release();
  return promoted.length === 0
    ? 'none yet; nowcasts fall back to baselines, labelled'
    : `${promoted.length} promoted, all verified and loadable`;
}
