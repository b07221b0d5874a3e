import type { Answer, Ask } from '../shared/journey.ts'

export interface VisitsContext {
  readonly ask: (ask: Ask) => Promise<Answer>
  /** Creates a link, with these fields in place of the usual ones. */
  readonly create: (alias: string, fields: object) => Promise<Answer>
  /** Expects the target of a link as the answer, without a token. */
  readonly follow: (alias: string, target: string, more?: Partial<Ask>) => Promise<Answer>
  /** The prefix of the links' aliases. */
  readonly tag: string
  /** The target of the links. */
  readonly target: string
}

/**
 * The user agent of a browser: other clients count as bots, which are not redirected by a link with a cap or a
 * password.
 */
const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }

const RULE_TARGET = 'https://example.net/?from=smoke'
const PASSWORD = 'open sesame'

/**
 * The time within which an attempt must succeed, in milliseconds: one that can't be counted in time, as on a busy
 * machine, is refused for a moment.
 */
const PATIENCE = 15_000

/** The time within which a visit is counted, in milliseconds. */
const COUNTED = 60_000

/** Builds the steps for features that only some links have: a visit limit, rules that choose the target, a password. */
export const visitSteps = ({ ask, create, follow, tag, target }: VisitsContext) => {
  const [capped, ruled, locked] = [`${tag}-cap`, `${tag}-rule`, `${tag}-lock`]
  let cookie = ''

  const visit = (alias: string, url: string, headers: Record<string, string> = {}) =>
    follow(alias, url, { headers: { ...BROWSER, ...headers } })
  const unlock = (password: string, expect: Ask['expect']) =>
    ask({ method: 'POST', path: `/${locked}/unlock`, body: { password }, anonymous: true, expect, within: PATIENCE })
  const problem = (status: number, code: string) => ({
    status,
    body: { is: code, holds: (json: { code: string }) => json.code === code },
  })

  return {
    'creates a link for two visitors': () => create(capped, { maxClicks: 2 }),
    'redirects the first visitor': () => visit(capped, target),
    'redirects the last visitor': () => visit(capped, target),
    'refuses a third visitor': () =>
      ask({ path: `/${capped}`, anonymous: true, headers: BROWSER, expect: problem(410, 'exhausted') }),
    'creates a link with a rule': () => create(ruled, { rules: [{ if: { device: 'desktop' }, url: RULE_TARGET }] }),
    'sends a desktop to the target of the rule': () => visit(ruled, RULE_TARGET),
    'creates a link with a password': () => create(locked, { password: PASSWORD }),
    'asks a visitor for the password': () =>
      ask({
        path: `/${locked}`,
        anonymous: true,
        headers: BROWSER,
        expect: { status: 200, headers: { 'content-type': /^text\/html/ } },
      }),
    'refuses a wrong password': () => unlock(`not ${PASSWORD}`, problem(401, 'wrong-password')),
    'accepts the right password': async () => {
      const headers = { location: new RegExp(`/${locked}$`), 'set-cookie': /^unlock=/ }
      const answer = await unlock(PASSWORD, { status: 303, headers })
      cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    },
    'sends the unlocked visitor to the target': () => visit(locked, target, { cookie }),
    'counts a visit within a minute': () =>
      ask({
        path: `/v1/links/${ruled}/stats?groupBy=browser`,
        within: COUNTED,
        expect: {
          status: 200,
          body: {
            is: 'one click, by a Firefox',
            holds: ({ clicks, uniques, groups }) =>
              clicks === 1 && uniques === 1 && groups.length === 1 && groups[0].value === 'Firefox',
          },
        },
      }),
  }
}
