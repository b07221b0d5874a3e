import { portsToTry } from '../../../tools/console/process.ts'
import { localCloud } from '../../../tools/support/settings.ts'

const cloud = (port: number) => localCloud({ STACKYARD_PORT: String(port) })

test.each([
  [4566, undefined, [14_566, 0]],
  [4566, 14_566, [14_566, 0]],
  [4566, 31_000, [31_000, 14_566, 0]],
  [60_000, undefined, [0]],
])('the console of port %i that had %j tries %j', (port, had, expected) => {
  expect(portsToTry(cloud(port), had)).toEqual(expected)
})
