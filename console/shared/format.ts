/** Formats a time of day with milliseconds, as in `14:03:07.250`, in the reader's time zone. */
export function timeOfDay(time: number | string): string {
  const date = new Date(time)
  const part = (value: number, digits = 2) => String(value).padStart(digits, '0')
  return `${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}.${part(date.getMilliseconds(), 3)}`
}

/** Formats a duration in milliseconds, as in `340 ms`, `1.2 s` or `3 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.round(ms / 60_000)} min`
}

/** Formats a count with its noun, as in `1 visit` or `2 visits`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : `${noun}s`}`
}
