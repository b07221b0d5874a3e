/** A part of a room's sequence of numbers, both ends included. It is empty if it begins above its end. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** The way in which a list goes on: towards older or newer numbers. */
export type Direction = 'before' | 'after'

/** The place in a list at which a page begins, without the number itself. */
export interface Position {
  readonly direction: Direction
  readonly seq: number
}

/** A page of a list, with the place at which the next one begins, if there is one. */
export interface Page<Entry> {
  readonly items: readonly Entry[]
  readonly next?: Position
}
