import type { Page } from 'playwright-core'
import { htmlResponse, NO_FORMS } from '../../../functions/shared/http/html.ts'
import { useBrowser } from '../../support/browser.ts'
import { type PageServer, useServers } from '../../support/servers.ts'

const STYLE = 'p { color: rgb(1, 2, 3) }'
const document = (body: string) => ({ status: 200, style: STYLE, html: `<!doctype html><title>t</title>${body}` })
const FORM = '<form method="post" action="sent"><button>Send</button></form>'

const browser = useBrowser()
const start = useServers()

test("a page has its own style, and nobody else's", async () => {
  const { url } = await start(() =>
    htmlResponse(document(`<style>${STYLE}</style><style>p { margin: 99px }</style><p>a`)),
  )
  const { page, complaints } = await browser.open()
  await page.goto(url)
  const { color, marginTop } = await page.locator('p').evaluate((element) => {
    const { color, marginTop } = element.ownerDocument.defaultView.getComputedStyle(element)
    return { color, marginTop }
  })
  expect(color).toBe('rgb(1, 2, 3)')
  expect(marginTop).not.toBe('99px')
  expect(complaints).toEqual([expect.stringContaining('style-src')])
})

test.each([
  ['a script', '<script>document.title = "ran"</script>'],
  ['a handler', '<img src="data:," onerror="document.title = \'ran\'">'],
  ['a script from elsewhere', '<script src="/script.js"></script>'],
])('%s does not run, should one ever get into a page', async (_, body) => {
  const { url, requests } = await start(({ url }) =>
    url === '/' ? htmlResponse(document(body)) : { status: 200, body: 'document.title = "ran"' },
  )
  const { page, complaints } = await browser.open()
  await page.goto(url)
  expect(await page.title()).toBe('t')
  expect(complaints.join()).toMatch(/Content Security Policy/)
  expect(requests).toHaveLength(1)
})

test('no other page can frame it', async () => {
  const { url } = await start(() => htmlResponse(document('<p>a')))
  const outer = await start(() => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: `<iframe src="${url}">`,
  }))
  const { page, complaints } = await browser.open()
  await page.goto(outer.url)
  expect(await page.frames()[1]?.locator('p').count()).toBe(0)
  expect(complaints).toEqual([expect.stringContaining('frame-ancestors')])
})

describe('a form', () => {
  const formThatLeadsTo = (target: string) =>
    start(({ method, url }) => {
      if (method === 'POST') return { status: 303, headers: { location: '/link' } }
      return url === '/link' ? { status: 302, headers: { location: target } } : htmlResponse(document(FORM))
    })
  const elsewhere = ({ url }: PageServer) => url.replace('127.0.0.1', 'localhost')

  test('may be answered by redirects that end at another origin', async () => {
    const target = await start(() => ({ status: 200, body: 'there' }))
    const { url } = await formThatLeadsTo(elsewhere(target))
    const { page, complaints } = await browser.open()
    await page.goto(url)
    await page.getByRole('button').click()
    await page.waitForURL(`${elsewhere(target)}/`)
    expect(await page.textContent('body')).toBe('there')
    expect(complaints).toEqual([])
  })

  test('may be answered by redirects that end in an app', async () => {
    const target = await start(() => ({ status: 302, headers: { location: 'some-app://open' } }))
    const { url } = await formThatLeadsTo(elsewhere(target))
    const { page, complaints } = await browser.open()
    await page.goto(url)
    // No app is there to take it: the browser tries, and stays where it is.
    const opened = page.waitForEvent('requestfailed')
    await send(page)
    expect((await opened).url()).toBe('some-app://open')
    expect(complaints).toEqual([])
  })

  test('cannot be submitted from a page that declares that it has none', async () => {
    const { url, requests } = await start(() => htmlResponse(document(NO_FORMS + FORM)))
    const { page } = await browser.open()
    await page.goto(url)
    const complaint = page.waitForEvent('console')
    await send(page)
    expect((await complaint).text()).toContain('form-action')
    expect(requests).toHaveLength(1)
  })

  // A click waits for the page that comes, and here none does.
  const send = (page: Page) => page.locator('form').evaluate((form) => form.requestSubmit())
})
