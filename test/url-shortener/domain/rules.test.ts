import fc from 'fast-check'
import {
  DEVICES,
  matchingRule,
  type Rule,
  type RuleConditions,
  type RuleSubject,
} from '../../../functions/url-shortener/domain/rules.ts'

const NOW = Date.parse('2026-03-12T19:03:58.005Z')
const SUBJECT: RuleSubject = { device: 'ios', language: 'de', country: 'AT' }
const at = (ms: number) => new Date(NOW + ms).toISOString()

const chosen = (conditions: RuleConditions, subject: Partial<RuleSubject> = {}) =>
  matchingRule([{ if: conditions, url: 'https://example.com/' }], { ...SUBJECT, ...subject }, NOW) !== undefined

test.each<[RuleSubject['device'], string[]]>([
  ['ios', ['ios', 'mobile']],
  ['android', ['android', 'mobile']],
  ['mobile', ['mobile']],
  ['desktop', ['desktop']],
])('%s is %j', (device, names) => {
  expect(DEVICES.filter((name) => chosen({ device: name }, { device }))).toEqual(
    DEVICES.filter((name) => names.includes(name)),
  )
})

test.each<[RuleConditions, boolean]>([
  [{ language: 'de' }, true],
  [{ language: 'DE-ch' }, true],
  [{ language: 'd' }, false],
  [{ country: 'AT' }, true],
  [{ country: 'unknown' }, false],
  [{ after: at(0) }, true],
  [{ after: at(1) }, false],
  [{ before: at(0) }, false],
  [{ before: at(1) }, true],
  [{ after: at(-1), before: at(1) }, true],
  [{}, true],
])('%j holds: %s', (conditions, holds) => {
  expect(chosen(conditions)).toBe(holds)
})

test('an unknown country matches only rules that name it, and an unknown language none', () => {
  expect(chosen({ country: 'unknown' }, { country: 'unknown' })).toBe(true)
  expect(chosen({ language: 'de' }, { language: null })).toBe(false)
})

describe('any rules', () => {
  const time = fc.integer({ min: -2, max: 2 })
  const subject = fc.record<RuleSubject>({
    device: fc.constantFrom(...DEVICES),
    language: fc.constantFrom('de', 'fr', null),
    country: fc.constantFrom('AT', 'FR', 'unknown'),
  })
  /** The conditions of a rule, with times in ms from now. */
  const asked = fc.record(
    {
      device: fc.constantFrom(...DEVICES),
      language: fc.constantFrom('de', 'de-AT', 'fr'),
      country: fc.constantFrom('AT', 'FR', 'unknown'),
      before: time,
      after: time,
    },
    { requiredKeys: [] },
  )

  test('the first one whose conditions all hold is chosen', () => {
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 10 }), subject, (all, subject) => {
        const rules: Rule[] = all.map(({ before, after, ...rest }, index) => ({
          if: {
            ...rest,
            ...(before !== undefined && { before: at(before) }),
            ...(after !== undefined && { after: at(after) }),
          },
          url: `https://example.com/${index}`,
        }))
        const fails = ({ device, language, country, before = 1, after = 0 }: (typeof all)[number]) =>
          (device === 'mobile' ? subject.device === 'desktop' : (device ?? subject.device) !== subject.device) ||
          (language ?? subject.language)?.slice(0, 2) !== subject.language?.slice(0, 2) ||
          (country ?? subject.country) !== subject.country ||
          before <= 0 ||
          after > 0
        expect(matchingRule(rules, subject, NOW)).toBe(rules[all.findIndex((one) => !fails(one))])
      }),
      { numRuns: 1000 },
    )
  })
})
