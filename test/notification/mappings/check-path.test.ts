import { pathProblem } from '../../../functions/notification/mappings/check-path.ts'

describe('a path', () => {
  it.each([
    '$.data.recipients',
    '$.data.buyers[*].user',
    '$..user',
    "$.data['a b'][0:10]",
    "$.data.members[?@.role == 'owner' && @.away].id",
  ])('may be %s', (path) => {
    expect(pathProblem(path)).toBeUndefined()
  })

  it.each([
    ['data.recipients', 'JSONPath'],
    ['$.data[', 'JSONPath'],
    [`$.${'a'.repeat(512)}`, 'characters'],
    [`$${'.a'.repeat(13)}`, 'segments'],
    ['$..a..b', '..'],
    ['$[*,*][*,*][*,*][*,*][*,*]', 'alternatives'],
    ["$.data[?match(@.name, '(a+)+b')]", 'filters'],
    ['$.data[?@..a]', 'filters'],
    ['$.data[?@[*]]', 'filters'],
    ['$.data[?length(@.a) > 1]', 'filters'],
  ])('can’t be %s', (path, rule) => {
    expect(pathProblem(path)).toContain(rule)
  })
})
