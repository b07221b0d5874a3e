/** A series of a chart: one value for each place on the x axis. */
export interface Series {
  title: string
  values: readonly (number | null)[]
  tone: 'action' | 'good' | 'warn' | 'bad' | 'quiet'
  /** @default 'line' */
  kind?: 'line' | 'dashed' | 'steps' | 'points' | 'bars'
}

export interface ChartData {
  /** A sentence that says what the chart shows, for those who can't see it. */
  label: string
  x: readonly number[]
  /** True if x are seconds since the epoch; otherwise they are numbers. */
  isTime?: boolean
  series: readonly Series[]
}
