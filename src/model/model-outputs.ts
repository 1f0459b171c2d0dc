/** Outputs of a model a row: the forecast as difference from the baseline, then its distances to P10 and to P90. */
export const MODEL_OUTPUTS = 3;
