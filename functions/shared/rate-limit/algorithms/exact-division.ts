/** `a * b / c`, rounded down, without the rounding of floating point. All are whole; `c` is above 0. */
export function floorOf(a: number, b: number, c: number): number {
  return Number((BigInt(a) * BigInt(b)) / BigInt(c))
}

/** As `floorOf`, but rounded up. */
export function ceilOf(a: number, b: number, c: number): number {
  return Number((BigInt(a) * BigInt(b) + BigInt(c) - 1n) / BigInt(c))
}
