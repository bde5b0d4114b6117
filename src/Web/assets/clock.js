// Two clocks: a monotonic one, which stands still while some machines sleep, and the wall clock, which people and networks set.

export const clock = () => ({ steady: performance.now(), wall: Date.now() });

/** How long ago a reading of the clocks was, in milliseconds: the greater age counts. */
export const ageOf = then => Math.max(performance.now() - then.steady, Date.now() - then.wall);

const tolerance = 2_000;
let last = clock();

/** Whether the clocks ran apart since the last call: the machine slept, or its clock was set. Then no age is known. */
export function haveClocksParted() {
  const now = clock();
  const apart = Math.abs((now.wall - last.wall) - (now.steady - last.steady));
  last = now;
  return apart > tolerance;
}
