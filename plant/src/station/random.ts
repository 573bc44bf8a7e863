/** A seeded generator: the same seed gives the same plant on every machine (no transcendental functions). */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Mean 0, standard deviation 1, never beyond ±3.5: the sum of four uniforms, close enough to a sensor's noise. */
  normal(): number;
}

/** Source: mulberry32 by Tommy Ettinger (public domain); 32 bits of state are plenty for sensor noise. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
  return { uniform, normal };
}
