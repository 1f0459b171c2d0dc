import type { FitOptions } from './fit-zone.js';

/** Parameters of a fit that may be chosen for a zone; what is left out is the program's own. */
export type Recipe = Pick<FitOptions, 'gbdt'>;
