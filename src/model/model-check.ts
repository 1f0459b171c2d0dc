import { messageOf } from '../contracts/errors.js';
import type { ModelRecord } from '../contracts/records.js';
import { loadModel, openSession } from './loaded-model.js';
import { type TrustedKeys, verifyTwin } from './signature.js';

/**
 * Checks all of a record as a consumer and the next training would: signature, checksums, features, and that ONNX Runtime
 * loads the model and its judge twin.
 * @returns what is wrong, or null
 */
export async function checkModel(record: ModelRecord, trusted: TrustedKeys): Promise<string | null> {
  try {
    await (await loadModel(record, trusted)).release();
    if (record.twin !== undefined || record.manifest.twin !== undefined) {
      const session = await openSession(`${record.version} (twin)`, verifyTwin(record, trusted));
      await session.release();
    }
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
