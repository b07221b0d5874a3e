import fc from 'fast-check'
import type { Page } from 'playwright-core'
import {
  htmlResponse,
  messagePage,
  passwordPage,
  previewPage,
  withheldPage,
} from '../../functions/url-shortener/pages.ts'
import { useBrowser } from '../support/browser.ts'
import { borderColours, contrast, outline, overflow, textContrasts } from '../support/page-checks.ts'
import { type PageServer, useServers } from '../support/servers.ts'

const LONG_URL = `https://example.com/${'long'.repeat(500)}?a=1&b=2#end`
const PREVIEW = {
  shortUrl: 'https://s.example.com/abc1234',
  createdAt: '2026-11-21T10:00:00.000Z',
  forwardQuery: true,
}

const PAGES: Record<string, string> = {
  message: messagePage({ title: 'This link has expired', message: 'Ask for a new one.' }),
  leading: messagePage({
    title: 'Elsewhere',
    message: 'Open the link.',
    go: { href: 'https://s.example.com/abc', text: 'Open it' },
  }),
  password: passwordPage({ action: 'abc/unlock' }),
  wrong: passwordPage({ action: 'unlock', error: 'This password is wrong. Try again.' }),
  preview: previewPage({ ...PREVIEW, targets: [LONG_URL], title: 'x'.repeat(200) }),
  several: previewPage({ ...PREVIEW, targets: [LONG_URL, 'https://example.com/de'], title: null }),
  hidden: previewPage({ ...PREVIEW, targets: [], title: null }),
  withheld: withheldPage(),
}
/** A password that a form must send unchanged. */
const RIGHT = 'ü &+%=#"<secret>'
const NAMES = Object.keys(PAGES)

const browser = useBrowser()
const serve = useServers()
let server: PageServer
beforeAll(async () => {
  server = await serve(({ url }) => htmlResponse(200, PAGES[url.slice(1)] ?? ''))
})

describe.each(NAMES)('the page "%s"', (name) => {
  test.each([
    'light',
    'dark',
  ] as const)('has texts and a field with enough contrast in %s mode', async (colorScheme) => {
    const { page } = await browser.open({ colorScheme })
    await page.goto(`${server.url}/${name}`)
    const contrasts = await textContrasts(page)
    expect(contrasts.length).toBeGreaterThan(1)
    expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([])
    const brightest = Math.max(...contrasts.map(({ back }) => contrast(back, 'rgb(0, 0, 0)')))
    expect(brightest > 15).toBe(colorScheme === 'light')
    for (const field of await page.locator('input').all()) {
      const [border, card] = await borderColours(field)
      expect(contrast(border, card)).toBeGreaterThanOrEqual(3)
    }
  })

  test('has a language, a title, one heading and a main element, and causes no message on the console', async () => {
    const { page, complaints } = await browser.open()
    const before = server.requests.length
    await page.goto(`${server.url}/${name}`)
    const { language, title, headings, landmarks } = await outline(page)
    expect([language, headings, landmarks]).toEqual(['en', [title], 1])
    expect(title).not.toBe('')
    expect(complaints).toEqual([])
    expect(server.requests.slice(before).map(({ url }) => url)).toEqual([`/${name}`])
  })

  test('fits a window of 320 pixels', async () => {
    const { page } = await browser.open({ viewport: { width: 320, height: 480 } })
    await page.goto(`${server.url}/${name}`)
    expect(await overflow(page)).toBe(0)
  })
})

test('a screen reader reads the field’s label, and the error of the last attempt', async () => {
  const { page } = await browser.open()
  await page.goto(`${server.url}/password`)
  expect(await page.locator('form').ariaSnapshot()).toBe(
    '- text: Password\n- textbox "Password"\n- button "Open the link"',
  )
  await page.goto(`${server.url}/wrong`)
  const field = page.getByRole('textbox', { name: 'Password' })
  const error = page.getByRole('alert')
  expect(await field.getAttribute('aria-describedby')).toBe(await error.getAttribute('id'))
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  expect(await error.textContent()).toBe('This password is wrong. Try again.')
})

test('the form works by keyboard alone: the field has the focus, then the button', async () => {
  const { page } = await browser.open()
  await page.goto(`${server.url}/password`)
  // The field gets it with the first frame, which may come after the page has loaded.
  await page.locator('input:focus').waitFor()
  await page.keyboard.press('Tab')
  expect(await page.locator('button:focus').count()).toBe(1)
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.type('secret')
  const sent = page.waitForRequest((request) => request.method() === 'POST')
  await page.keyboard.press('Enter')
  expect((await sent).url()).toBe(`${server.url}/abc/unlock`)
})

test('after a wrong password, the right one leads the browser to a target of another origin', async () => {
  const target = await serve(() => ({ status: 200, body: 'there' }))
  const link = await serve(({ url, method, body, cookie }) => {
    if (url === '/abc' && cookie === 'unlock=1') return { status: 302, headers: { location: elsewhere } }
    if (url === '/abc') return htmlResponse(200, PAGES.password ?? '')
    if (`${method} ${url}` !== 'POST /abc/unlock') return { status: 404 }
    if (new URLSearchParams(body).get('password') !== RIGHT) return htmlResponse(401, PAGES.wrong ?? '')
    const cookies = ['unlock=1; Path=/abc; Secure; HttpOnly; SameSite=Lax']
    return { status: 303, headers: { location: `${link.url}/abc` }, cookies }
  })
  const elsewhere = `${target.url.replace('127.0.0.1', 'localhost')}/there`
  const { page } = await browser.open()
  const enter = async (password: string) => {
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Open the link' }).click()
  }
  await page.goto(`${link.url}/abc`)
  await enter('wrong')
  await page.getByRole('alert').waitFor()
  await enter(RIGHT)
  await page.waitForURL(elsewhere)
  expect(await page.textContent('body')).toBe('there')
})

test('the preview leads to the target, and sends it no referrer', async () => {
  const { page } = await browser.open()
  await page.goto(`${server.url}/preview`)
  const link = page.getByRole('link')
  expect(await link.getAttribute('href')).toBe(LONG_URL)
  expect(await link.getAttribute('rel')).toBe('noreferrer noopener nofollow')
  await page.goto(`${server.url}/hidden`)
  expect(await link.count()).toBe(0)
})

test('the preview of several targets lists them all, and leads to the short link', async () => {
  const { page } = await browser.open()
  await page.goto(`${server.url}/several`)
  expect(await page.locator('dt:has-text("Addresses") ~ dd').allTextContents()).toEqual(
    expect.arrayContaining([LONG_URL, 'https://example.com/de']),
  )
  expect(await page.getByText(/one of 2 addresses/).count()).toBe(1)
  expect(await page.getByText(/query .* passed on/).count()).toBe(1)
  const link = page.getByRole('link', { name: 'Follow the short link' })
  expect(await link.getAttribute('href')).toBe(PREVIEW.shortUrl)
})

test('a title and a URL remain text whatever they contain, and add no element to the page', async () => {
  const { page } = await browser.open()
  const piece = fc.constantFrom('<b>', '</dd>', '<!--', '-->', '&amp;', '&#60', '"', "'", '>', '\u202e', '\u2069', 'a=')
  const text = fc
    .array(fc.oneof(piece, fc.string({ unit: 'grapheme-composite' })), { minLength: 1 })
    .map((all) => all.join(''))
  const { elements } = await parsed(page, previewPage({ ...PREVIEW, title: 't', targets: ['u'] }))
  await fc.assert(
    fc.asyncProperty(text, text, text, async (title, url, shortUrl) => {
      const html = previewPage({ ...PREVIEW, shortUrl: `s${shortUrl}`, title: `t${title}`, targets: [`u${url}`] })
      const seen = await parsed(page, html)
      expect(seen.texts).toEqual([`u${url}`, `t${title}`, `s${shortUrl}`, '2026-11-21'])
      expect(seen.href).toBe(`u${url}`)
      expect(seen.elements).toEqual(elements)
    }),
    { numRuns: 300 },
  )
})

/** Parses a page as a browser does. */
function parsed(page: Page, html: string) {
  return page.locator('html').evaluate((root, source) => {
    const content = new root.ownerDocument.defaultView.DOMParser().parseFromString(source, 'text/html')
    return {
      texts: [...content.querySelectorAll('dd')].map(({ textContent }) => textContent),
      href: content.querySelector('a').getAttribute('href'),
      elements: [...content.querySelectorAll('*')].map(({ tagName, attributes }) => `${tagName} ${attributes.length}`),
    }
  }, html)
}
