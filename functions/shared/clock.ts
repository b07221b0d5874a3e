// Time and randomness are arguments everywhere, so that tests set them. `runtime.ts` holds the real ones.

/** Returns the current time in milliseconds since the epoch; `Date.now` fits. */
export type Clock = () => number

/** Returns a random number x with 0 <= x < 1; `Math.random` fits. */
export type Random = () => number

/** Returns `count` bytes that nobody can predict; `randomBytes` of `ids/random-bytes.ts` fits. */
export type RandomBytes = (count: number) => Uint8Array
