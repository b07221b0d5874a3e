import {
  currentPage,
  PAGE,
  problemsIn,
  projectSources,
  type Sources,
  systemGuarantees,
} from '../../../tools/guarantees/guarantees.ts'
import { readProofs, withoutProofsOf } from '../../../tools/guarantees/proofs.ts'
import { guaranteesPage } from '../../../tools/guarantees/report.ts'

const README = `# Orders

## Guarantees

| id | guarantee |
|---|---|
| \`paid-once\` | An order is paid once, whatever \`a \\| b\` says. |
| \`kept\` | No order is lost. |

## Faults

| what fails | what the user sees | shown by |
|---|---|---|
| the answer is lost | one payment | \`orders/pay.test.ts\` |
| the queue is away | orders wait | \`queue.test.ts\`, \`test/shared/retries\` |
| the bank is slow | orders wait longer | \`orders/pay.test.ts\`, \`all.e2e.test.ts\` |
| all are away | nothing works | \`all.e2e.test.ts\` |
| the moon is away | nothing | \`orders/moon.test.ts\` |
`
const TESTS: [string, string][] = [
  ['test/orders/pay.test.ts', "/** @proves orders/paid-once */\ntest('pays once', () => {})\n"],
  [
    'test/orders/queue.test.ts',
    "  /** @proves orders/kept, orders/paid-once */\n  it.each([\n ['a', f()],\n])('%s waits', () => {})\n",
  ],
  ['test/orders/all.e2e.test.ts', "/** @proves orders/kept */\ntest('all wait', f)\n"],
]
const sources = (tests = TESTS, page = README): Sources => new Map([['lib/orders/README.md', page], ...tests])

describe('the guarantees of a system', () => {
  it('have the tests whose tags name them, and the faults that those tests show', () => {
    expect(systemGuarantees(sources())).toEqual([
      {
        system: 'orders',
        title: 'Orders',
        guarantees: [
          {
            id: 'paid-once',
            text: 'An order is paid once, whatever `a \\| b` says.',
            proofs: [
              { file: 'test/orders/pay.test.ts', title: 'pays once' },
              { file: 'test/orders/queue.test.ts', title: '%s waits' },
            ],
            faults: [
              { fault: 'the answer is lost', effect: 'one payment' },
              { fault: 'the queue is away', effect: 'orders wait' },
              { fault: 'the bank is slow', effect: 'orders wait longer' },
            ],
          },
          {
            id: 'kept',
            text: 'No order is lost.',
            proofs: [
              { file: 'test/orders/queue.test.ts', title: '%s waits' },
              { file: 'test/orders/all.e2e.test.ts', title: 'all wait' },
            ],
            faults: [
              { fault: 'the queue is away', effect: 'orders wait' },
              { fault: 'all are away', effect: 'nothing works' },
            ],
          },
        ],
      },
    ])
    expect(problemsIn(sources())).toEqual([])
  })

  it('are plain data', () => {
    const found = systemGuarantees(sources())
    expect(JSON.parse(JSON.stringify(found))).toEqual(found)
  })

  it.each([
    ['a guarantee without a proof', sources(TESTS.slice(0, 1)), 'No test has the tag @proves orders/kept.'],
    [
      'a tag without a guarantee',
      sources([...TESTS, ['test/a.test.ts', "/** @proves orders/cheap */\ntest('a', () => {})\n"]]),
      'test/a.test.ts proves orders/cheap, which no README has among its guarantees.',
    ],
    [
      'an id that is there twice',
      sources(TESTS, README.replace('`kept`', '`paid-once`')),
      'orders/paid-once is there twice.',
    ],
    ['a system without guarantees', sources([], '# Orders\n'), 'lib/orders/README.md has no guarantees.'],
  ])('fail the build with %s', (_, from, problem) => {
    expect(problemsIn(from)).toContain(problem)
  })
})

describe('a tag', () => {
  it.each([
    ['names no guarantee', "/** @proves orders */\ntest('a', () => {})\n", '"orders" is no guarantee'],
    ['has no test below it', '/** @proves orders/kept */\nconst a = 1\n', 'no test follows'],
  ])('that %s is an error with its file and line', (_, text, message) => {
    expect(() => readProofs('test/a.test.ts', `\n${text}`)).toThrow(`test/a.test.ts:2: ${message}`.slice(0, 17))
    expect(() => readProofs('test/a.test.ts', `\n${text}`)).toThrow(message)
  })

  it('of another system can be taken away', () => {
    const text = "/** @proves orders/kept, carts/full */\ntest('a', f)\n/** @proves carts/full */\ntest('b', f)\n"
    expect(withoutProofsOf(text, ['carts'])).toBe("/** @proves orders/kept */\ntest('a', f)\ntest('b', f)\n")
  })
})

test('every guarantee has a proof, and every tag a guarantee', () => {
  expect(problemsIn(projectSources())).toEqual([])
})

test(`${PAGE} is up to date; if not, run npm run guarantees`, () => {
  expect(currentPage()).toBe(guaranteesPage(systemGuarantees(projectSources())))
})
