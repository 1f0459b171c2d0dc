import { ACCURACY_RULES } from './accuracy-rules.js';
import { CAPACITY_RULES } from './capacity-rules.js';
import { DATA_RULES } from './data-rules.js';
import { PIPELINE_RULES } from './pipeline-rules.js';
import type { AlertGroup } from './rule.js';
import { SERVING_RULES } from './serving-rules.js';
import { TRAINING_RULES } from './training-rules.js';

/** All alerting rules of the product. */
export const ALERT_GROUPS: readonly AlertGroup[] = [
  ACCURACY_RULES,
  TRAINING_RULES,
  DATA_RULES,
  PIPELINE_RULES,
  SERVING_RULES,
  CAPACITY_RULES,
];
