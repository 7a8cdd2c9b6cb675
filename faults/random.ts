/**
 * Numbers from 0 to below 1 that depend only on the seed (mulberry32).
 * @see https://github.com/cprosche/mulberry32
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The items in a random order. */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** One of the items. @throws Error when there is none */
export function oneOf<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) {
    throw new Error("nothing to choose from");
  }
  return item;
}

/**
 * A random order of faults: every round has each as often as its weight says.
 * @param count how many are wanted
 */
export function plan<Item extends { weight: number }>(
  items: readonly Item[],
  count: number,
  random: () => number,
): Item[] {
  const round = items.flatMap((item) => Array.from({ length: item.weight }, () => item));
  const planned: Item[] = [];
  while (round.length > 0 && planned.length < count) {
    planned.push(...shuffled(round, random));
  }
  return planned.slice(0, count);
}
