import fc from 'fast-check'
import {
  canMove,
  FINAL_STATUSES,
  isOpen,
  isUnclaimed,
  OPEN_STATUSES,
  overallStatus,
  STATUSES,
} from '../../../functions/notification/domain/status.ts'

/** @proves notification/legal-moves */
test('what has ended stays as it is, but for a late bounce', () => {
  for (const from of FINAL_STATUSES) {
    const moves = STATUSES.filter((to) => canMove(from, to))
    expect([from, moves]).toEqual([from, ['delivered', 'sent', 'unconfirmed'].includes(from) ? ['failed'] : []])
  }
})

/** @proves notification/legal-moves */
test('what was claimed is never cancelled or suppressed, and all else can be', () => {
  for (const from of OPEN_STATUSES) {
    expect([from, canMove(from, 'cancelled'), canMove(from, 'suppressed')]).toEqual([
      from,
      isUnclaimed(from),
      isUnclaimed(from),
    ])
  }
})

test('the whole is open while a channel is, then as the most telling one', () => {
  expect(overallStatus(['delivered', 'deferred', 'accepted'])).toBe('deferred')
  expect(overallStatus(['cancelled', 'failed', 'sent'])).toBe('sent')
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...STATUSES), { minLength: 1, maxLength: 5 }), (parts) => {
      const overall = overallStatus(parts)
      expect(parts).toContain(overall)
      expect(isOpen(overall)).toBe(parts.some(isOpen))
    }),
  )
  expect(() => overallStatus([])).toThrow('at least one channel')
})
