import { describe, expect, it } from 'vitest';
import { drawCandidates, type Round, search, type SearchOptions } from '../../../src/train/deep/search.js';
import { seededRandom } from '../../../src/train/random.js';
import { isOwn, type Recipe, recipeFrom } from '../../../src/train/recipe.js';

const ROUNDS: readonly Round[] = [
  { origins: 1, rowBudget: 10, keep: 2 },
  { origins: 2, rowBudget: 20, keep: 1 },
];
const recipe = (leaves: number): Recipe => ({ gbdt: { leaves } });
const OWN: Recipe = {};

/** Each score takes a second. */
async function run(mapeOf: (leaves: number, round: Round) => number, more: Partial<SearchOptions> = {}) {
  let nowMs = 0;
  const scored: string[] = [];
  const result = await search({
    candidates: [OWN, recipe(10), recipe(20), recipe(30)],
    rounds: ROUNDS,
    score: ({ gbdt }, round) => {
      nowMs += 1000;
      scored.push(`${gbdt?.leaves ?? 'own'}@${round.origins}`);
      return Promise.resolve(mapeOf(gbdt?.leaves ?? 0, round));
    },
    budgetMs: 60_000,
    nowMs: () => nowMs,
    onProgress: () => undefined,
    ...more,
  });
  return { result, scored };
}

describe('the search of parameters', () => {
  it('tries all on little, the better ones on more, and always the own', async () => {
    const { result, scored } = await run((leaves) => 3 - leaves / 30);
    expect(scored).toEqual(['own@1', '10@1', '20@1', '30@1', '30@2', '20@2', 'own@2']);
    expect(result).toMatchObject({ recipe: recipe(30), ownMape: 3, chosenMape: 2, cutShort: false });
  });

  it('stays with the own unless something is clearly better', async () => {
    const { result } = await run((leaves) => (leaves === 20 ? 2.995 : 3));
    expect(isOwn(result.recipe)).toBe(true);
    expect(result.chosenMape).toBe(3);
  });

  it('does not believe a round that the time cut short', async () => {
    const { result, scored } = await run(
      (leaves, { origins }) => (origins === 1 ? 3 - leaves / 100 : leaves),
      {
        budgetMs: 5500,
      },
    );
    expect(scored).toHaveLength(5);
    expect(result).toMatchObject({ recipe: recipe(30), cutShort: true });
  });

  it('chooses nothing when there was no time for one round', async () => {
    const { result } = await run(() => 1, { budgetMs: 2000 });
    expect(result).toMatchObject({ recipe: {}, tried: [], cutShort: true });
  });

  it('draws the own first, the same others for the same seed, all of them within what a recipe may be', () => {
    const drawn = drawCandidates(seededRandom(5));
    expect(drawn[0]).toEqual({});
    expect(drawn).toEqual(drawCandidates(seededRandom(5)));
    for (const one of drawn) expect(recipeFrom({ ...one })).toEqual(one);
  });
});

describe('a recipe from a manifest', () => {
  it('keeps what is known and within bounds, and nothing else', () => {
    const gbdt = { leaves: 63, learningRate: 9, seed: 4, trees: 'many', lambda: 7 };
    expect(recipeFrom({ gbdt, other: { x: 1 } })).toEqual({ gbdt: { leaves: 63, lambda: 7 } });
    expect([undefined, {}, { gbdt: null }, { gbdt: 'x' }].map(recipeFrom)).toEqual([{}, {}, {}, {}]);
  });
});
