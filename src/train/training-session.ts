import type { InferenceSession } from 'onnxruntime-node';
import { openSession } from '../model/loaded-model.js';
import { native } from './native-guard.js';

/** A session of ONNX Runtime in a training: its thread may be ended at any time, see `native`. */
export interface TrainingSession {
  run(feeds: InferenceSession.OnnxValueMapType): Promise<InferenceSession.OnnxValueMapType>;
  release(): Promise<void>;
}

/** @throws NowcastError MODEL_REFUSED when ONNX Runtime cannot load it; TRAINING_INTERRUPTED */
export async function openTrainingSession(version: string, artifact: Uint8Array): Promise<TrainingSession> {
  const session = await native(() => openSession(version, artifact));
  return {
    run: (feeds) => native(() => session.run(feeds)),
    release: () => native(() => session.release()),
  };
}
