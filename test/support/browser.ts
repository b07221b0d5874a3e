import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { type Candidate, installedChromium, packagedChromium } from '../../tools/test/chromium.ts'
import { DEADLINE_MS } from './eventually.ts'

// Also blocks redirects, which a test's interception doesn't see. Playwright itself turns off a browser's background
// requests.
const ONLY_THIS_MACHINE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]'

export interface TestPage {
  page: Page
  /**
   * Problems that the browser reported: errors on its console, including violations of the page's content security
   * policy.
   */
  complaints: string[]
}

/**
 * Provides a headless Chromium to the tests of a file: started before them, closed after them. It can only reach this
 * machine, and its user agent is that of a person's browser.
 */
export function useBrowser(): { open: (options?: BrowserContextOptions) => Promise<TestPage> } {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterEach(async () => {
    // Undefined if the browser did not start: that error is then the one to report.
    for (const context of browser?.contexts() ?? []) await context.close()
  })
  afterAll(() => browser?.close())
  return {
    async open(options) {
      if (!browser) throw new Error('No browser: open pages in tests, not before them.')
      const context = await browser.newContext({ userAgent: personsUserAgent(browser), ...options })
      context.setDefaultTimeout(DEADLINE_MS)
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      return { page, complaints }
    },
  }
}

/** The default user agent, HeadlessChrome, is on the list of bots. */
function personsUserAgent(browser: Browser): string {
  const major = browser.version().split('.')[0]
  return `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`
}

/** @throws Error that lists the attempts, and says what to do. */
async function startBrowser(): Promise<Browser> {
  const failures: string[] = []
  for (const candidates of [async () => installedChromium(process.env), packagedChromium]) {
    for (const candidate of await candidates()) {
      try {
        return await launch(candidate)
      } catch (error) {
        failures.push(`${candidate.executablePath}: ${reason(error)}`)
      }
    }
    if (process.env.CHROME_PATH) break
  }
  throw new Error(
    `No browser could be started. Install Chromium or Chrome, or name one in CHROME_PATH. Tried:\n${failures.join('\n')}`,
  )
}

function launch({ executablePath, env }: Candidate): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [ONLY_THIS_MACHINE, '--disable-quic'],
    // Chromium can't use its sandbox as root.
    chromiumSandbox: process.getuid?.() !== 0,
    env: { ...process.env, ...env },
  })
}

/** Finds the line with the reason in a log of the whole start. */
function reason(error: unknown): string {
  const lines = String(error).split('\n')
  return lines.find((line) => /error while loading|sandbox|ENOENT|EACCES/i.test(line)) ?? lines[0] ?? ''
}
