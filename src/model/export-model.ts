import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileProblem } from '../contracts/file-problem.js';
import { NowcastError } from '../contracts/errors.js';
import type { ModelRecord } from '../contracts/records.js';
import { canonicalJson } from './canonical-json.js';
import { type TrustedKeys, verifyModelRecord, verifyTwin } from './signature.js';

/** Files of an exported model, in its directory. */
export const EXPORTED_FILES = {
  model: 'model.onnx',
  twin: 'twin.onnx',
  manifest: 'manifest.json',
  signature: 'signature.json',
} as const;

/**
 * Writes a verified model as files. `manifest.json` holds exactly the bytes that the signature in `signature.json` covers.
 * @returns the files written
 * @throws NowcastError MODEL_REFUSED, STORAGE_FAILED
 */
export async function exportModel(record: ModelRecord, dir: string, trusted: TrustedKeys): Promise<string[]> {
  const files: [string, Uint8Array | string][] = [
    [EXPORTED_FILES.model, verifyModelRecord(record, trusted)],
    [EXPORTED_FILES.manifest, canonicalJson(record.manifest)],
    [EXPORTED_FILES.signature, `${JSON.stringify(record.signature, null, 2)}\n`],
  ];
  if (record.twin !== undefined) files.push([EXPORTED_FILES.twin, verifyTwin(record, trusted)]);
  try {
    await mkdir(dir, { recursive: true });
    for (const [name, content] of files) await writeFile(path.join(dir, name), content);
  } catch (error) {
    throw new NowcastError('STORAGE_FAILED', `cannot export to ${dir}: ${fileProblem(error)}`, {
      cause: error,
    });
  }
  return files.map(([name]) => path.join(dir, name));
}
