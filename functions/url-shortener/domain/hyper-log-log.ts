/**
 * Counts different values in bounded memory, by HyperLogLog: of all hashes whose first bits select a register, it holds
 * the longest run of zeros that follows, plus one (Flajolet et al.: HyperLogLog, AofA 2007). Unions lose nothing.
 */
export interface Sketch {
  /** Adds a value by its hash: at least 8 bytes, evenly distributed. */
  add: (hash: Uint8Array) => void
  /** Adds all values of another sketch. */
  merge: (other: Sketch) => void
  /** Estimates how many different values were added. The standard error is 1.04 / sqrt(4096), which is 1.6 %. */
  estimate: () => number
  /** Returns 3 bytes for each used register, or 3,072 bytes for all of them, whichever is shorter. */
  encode: () => Uint8Array
  readonly registers: Uint8Array
}

const INDEX_BITS = 12
const REGISTERS = 2 ** INDEX_BITS
/** The number of bits of a hash after the index. A run of zeros has at most so many. */
const RUN_BITS = 64 - INDEX_BITS
/** The size of a full sketch: 6 bits hold a register. */
const FULL_BYTES = (REGISTERS * 6) / 8

/**
 * Creates a sketch.
 *
 * @param encoded the output of `encode`. @default no values
 * @throws RangeError for an encoding of another length.
 */
export function createSketch(encoded: Uint8Array = new Uint8Array()): Sketch {
  const registers = decode(encoded)
  return {
    registers,
    add(hash) {
      const { index, rank } = place(hash)
      registers[index] = Math.max(registers[index] ?? 0, rank)
    },
    merge(other) {
      for (const [index, rank] of other.registers.entries()) registers[index] = Math.max(registers[index] ?? 0, rank)
    },
    estimate: () => Math.round(estimate(registers)),
    encode: () => encode(registers),
  }
}

function place(hash: Uint8Array): { index: number; rank: number } {
  const bits = new DataView(hash.buffer, hash.byteOffset, 8).getBigUint64(0)
  const run = bits & ((1n << BigInt(RUN_BITS)) - 1n)
  const rank = run === 0n ? RUN_BITS + 1 : RUN_BITS - run.toString(2).length + 1
  return { index: Number(bits >> BigInt(RUN_BITS)), rank }
}

/**
 * Estimates by the improved estimator of Otmar Ertl (New cardinality estimation algorithms for HyperLogLog sketches,
 * 2017, algorithm 6), which needs no correction of a bias for small or large numbers.
 */
function estimate(registers: Uint8Array): number {
  const counts = new Array<number>(RUN_BITS + 2).fill(0)
  for (const rank of registers) counts[rank] = (counts[rank] ?? 0) + 1
  let z = REGISTERS * tau(1 - (counts[RUN_BITS + 1] ?? 0) / REGISTERS)
  for (let rank = RUN_BITS; rank >= 1; rank--) z = (z + (counts[rank] ?? 0)) / 2
  z += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS)
  return REGISTERS ** 2 / (2 * Math.LN2) / z
}

function sigma(share: number): number {
  if (share === 1) return Infinity
  let [x, y, z, before] = [share, 1, share, -1]
  while (z !== before) {
    x *= x
    before = z
    z += x * y
    y += y
  }
  return z
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [x, y, z, before] = [share, 1, 1 - share, -1]
  while (z !== before) {
    x = Math.sqrt(x)
    before = z
    y /= 2
    z -= (1 - x) ** 2 * y
  }
  return z / 3
}

function encode(registers: Uint8Array): Uint8Array {
  const used = [...registers.entries()].filter(([, rank]) => rank > 0)
  if (used.length * 3 >= FULL_BYTES) return pack(registers)
  return Uint8Array.from(used.flatMap(([index, rank]) => [index >> 8, index & 255, rank]))
}

function decode(encoded: Uint8Array): Uint8Array {
  if (encoded.length === FULL_BYTES) return unpack(encoded)
  if (encoded.length % 3 !== 0 || encoded.length > FULL_BYTES)
    throw new RangeError(`A sketch can't have ${encoded.length} bytes.`)
  const registers = new Uint8Array(REGISTERS)
  for (let at = 0; at < encoded.length; at += 3) {
    const [high = 0, low = 0, rank = 0] = encoded.subarray(at, at + 3)
    registers[high * 256 + low] = rank
  }
  return registers
}

/** Packs four registers into three bytes. */
function pack(registers: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FULL_BYTES)
  for (let at = 0; at < FULL_BYTES; at += 3) {
    const [a = 0, b = 0, c = 0, d = 0] = registers.subarray((at / 3) * 4, (at / 3) * 4 + 4)
    bytes.set([(a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d], at)
  }
  return bytes
}

function unpack(bytes: Uint8Array): Uint8Array {
  const registers = new Uint8Array(REGISTERS)
  for (let at = 0; at < FULL_BYTES; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3)
    registers.set([a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63], (at / 3) * 4)
  }
  return registers
}
