import { html, nothing, type TemplateResult } from 'lit'
import type { Answer } from '../shared/api.ts'
import type { Page } from '../shared/console-page.ts'
import { badge, card, empty, problemBox, table } from '../shared/parts.ts'
import { busily, View } from '../shared/view.ts'
import { createLink, type Link, links, listLinks, readStats, required, STACK, type Stats } from './links.ts'
import { statsPart } from './stats-part.ts'
import { countOutcomes, DEVICES, type Device, type Outcome, outcomeOf, verdictOf } from './visits.ts'

export const page: Page = { id: 'links', title: 'Links', order: 11, stack: STACK, tag: 'links-page' }

/** The pause between two reads of the statistics, in milliseconds. */
const LOOK_MS = 4_000

interface State {
  links: readonly Link[]
  chosen: Link | undefined
  qrCode: string
  preview: unknown
  visit: string
  byDevice: Stats | undefined
  byCountry: Stats | undefined
  burst: { cap: number; outcomes: readonly Outcome[] } | undefined
  isBusy: boolean
  problem: string
  done: string
}

/** The page of the URL shortener: links, their visits, and a cap that holds under a burst. */
class LinksPage extends View<State> {
  state: State = {
    links: [],
    chosen: undefined,
    qrCode: '',
    preview: undefined,
    visit: '',
    byDevice: undefined,
    byCountry: undefined,
    burst: undefined,
    isBusy: false,
    problem: '',
    done: '',
  }
  private timer: ReturnType<typeof setInterval> | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.act(async () => '')
    this.timer = setInterval(() => void this.readStats(), LOOK_MS)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.timer)
  }

  /** Runs an action of the user, says what it did, and reads the links again. */
  private act(work: () => Promise<string>): Promise<void> {
    return busily(this, async () => {
      const done = await work()
      const all = await listLinks()
      const { chosen } = this.state
      this.set({ links: all, done, chosen: all.find(({ code }) => code === chosen?.code) ?? chosen })
    })
  }

  private async choose(chosen: Link): Promise<void> {
    URL.revokeObjectURL(this.state.qrCode)
    this.set({ chosen, qrCode: '', preview: undefined, visit: '', byDevice: undefined, byCountry: undefined })
    const qr = await required(links.call({ path: `/v1/links/${chosen.code}/qr?size=160` }))
    this.set({
      qrCode: URL.createObjectURL(new Blob([qr.bytes as BlobPart], { type: qr.headers['content-type'] ?? '' })),
    })
    await this.readStats()
  }

  private async readStats(): Promise<void> {
    const code = this.state.chosen?.code
    if (code === undefined) return
    try {
      const [byDevice, byCountry] = await Promise.all([readStats(code, 'device'), readStats(code, 'country')])
      if (this.state.chosen?.code === code) this.set({ byDevice, byCountry })
    } catch {
      // The next look tells; what was read before stays.
    }
  }

  override render(): TemplateResult {
    const { problem, done, chosen } = this.state
    return html`
      <h1>Links</h1>
      <p class="lead">Make a link, follow it, block it, and see that a cap is exact under a burst.</p>
      ${problemBox(problem)}
      <p class="hint" role="status">${done}</p>
      <div class="halves">${card('Make a link', this.form())} ${card('A burst on a capped link', this.burst())}</div>
      ${card('The latest links', this.list())} ${chosen ? this.details(chosen) : nothing}
    `
  }

  private form(): TemplateResult {
    return html`<form @submit=${this.create}>
      <label>Target <input name="url" type="url" required value="https://example.com/?from=console"></label>
      <div class="row">
        <label>Alias, if any <input name="alias" pattern="[A-Za-z0-9_\\-]{3,64}" autocomplete="off"></label>
        <label>Cap on visits, if any <input name="maxClicks" type="number" min="1"></label>
      </div>
      <div><button type="submit" ?disabled=${this.state.isBusy}>Make</button></div>
    </form>`
  }

  private readonly create = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    const [alias, cap] = [String(form.get('alias')), Number(form.get('maxClicks'))]
    void this.act(async () => {
      const link = await createLink({ url: form.get('url'), ...(alias && { alias }), ...(cap && { maxClicks: cap }) })
      await this.choose(link)
      return `${link.code} leads to ${link.url}.`
    })
  }

  private list(): TemplateResult {
    if (this.state.links.length === 0) return empty('There is no link yet: make one.')
    return table(
      'Links',
      [
        {
          title: 'Link',
          cell: (link: Link) =>
            html`<button
              class="second small"
              aria-pressed=${link.code === this.state.chosen?.code}
              @click=${() => this.act(async () => this.choose(link).then(() => ''))}
            >
              ${link.code}
            </button>`,
        },
        { title: 'Target', cell: ({ url }) => html`<code>${url}</code>` },
        { title: 'Status', cell: ({ status }) => badge(status, toneOf(status)) },
        {
          title: 'Visits',
          cell: ({ clicks, maxClicks }) => (maxClicks ? `${clicks} of ${maxClicks}` : String(clicks)),
          isNumber: true,
        },
      ],
      this.state.links,
    )
  }

  private details(link: Link): TemplateResult {
    const { code } = link
    const { qrCode, preview, visit, isBusy, byDevice, byCountry } = this.state
    const button = (text: string, work: () => Promise<string>, style = 'second') =>
      html`<button class=${style} ?disabled=${isBusy} @click=${() => this.act(work)}>${text}</button>`
    const block = async () => {
      await required(
        links.call({ method: 'PUT', path: `/v1/links/${code}/block`, body: { reason: 'Blocked in the console' } }),
      )
      return `${code} is blocked: visitors get 451 within 5 seconds.`
    }
    const unblock = async () => {
      await required(links.call({ method: 'DELETE', path: `/v1/links/${code}/block` }))
      return `${code} is no longer blocked.`
    }
    const showPreview = async () => {
      const path = `/${code}+`
      const answer = await required(links.call({ path, withToken: false, headers: { accept: 'application/json' } }))
      this.set({ preview: answer.json })
      return 'A preview never redirects, and counts nothing.'
    }
    const visits = Object.keys(DEVICES).map((device) => button(device, () => this.send(code, device as Device)))
    return html`
      ${card(
        `The link ${code}`,
        html`<div class="link">
          ${qrCode ? html`<img src=${qrCode} width="160" height="160" alt=${`QR code of ${link.shortUrl}`}>` : nothing}
          <div class="stack">
            <p><code>${link.shortUrl}</code> ${badge(link.status, toneOf(link.status))}</p>
            <form class="row" @submit=${(event: SubmitEvent) => this.change(event, code)}>
              <label>Target <input name="url" type="url" required .value=${link.url}></label>
              <button type="submit" class="second" ?disabled=${isBusy}>Change</button>
            </form>
            <p class="row">
              ${link.status === 'blocked' ? button('Unblock', unblock) : button('Block', block, 'danger')}
              ${button('Preview', showPreview)}
            </p>
            <p class="row" role="group" aria-label="Visit it with a">Visit it with a ${visits}</p>
            <p role="status">${visit}</p>
          </div>
        </div>
        ${preview ? html`<pre>${JSON.stringify(preview, null, 2)}</pre>` : nothing}`,
      )}
      ${card('Visits in the last day', statsPart({ byDevice, byCountry }), html`<span class="hint">counted within a minute</span>`)}
    `
  }

  private change(event: SubmitEvent, code: string): void {
    event.preventDefault()
    const url = new FormData(event.target as HTMLFormElement).get('url')
    void this.act(async () => {
      await required(links.call({ method: 'PATCH', path: `/v1/links/${code}`, body: { url } }))
      return `${code} leads to its new target within 5 seconds.`
    })
  }

  private async send(code: string, device: Device): Promise<string> {
    const answer = await links.call({ path: `/${code}`, withToken: false, headers: { 'user-agent': DEVICES[device] } })
    const visit = describeVisit(answer)
    this.set({ visit })
    return visit
  }

  private burst(): TemplateResult {
    const { burst, isBusy } = this.state
    return html`<form @submit=${this.sendBurst}>
        <div class="row">
          <label>Cap <input name="cap" type="number" min="1" max="100" value="20" required></label>
          <label>Visits at once <input name="visits" type="number" min="1" max="100" value="50" required></label>
        </div>
        <div><button type="submit" ?disabled=${isBusy}>Make a capped link, and visit it</button></div>
      </form>
      ${burst ? outcomesPart(burst) : empty('Each square will be a visit, in the order in which they were sent.')}`
  }

  private readonly sendBurst = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    const [cap, visits] = [Number(form.get('cap')), Number(form.get('visits'))]
    void this.act(async () => {
      const { code } = await createLink({ url: 'https://example.com/capped', maxClicks: cap })
      const visit = { path: `/${code}`, withToken: false, headers: { 'user-agent': DEVICES.desktop } }
      const outcomes = (await links.burst(Array.from({ length: visits }, () => visit))).map(outcomeOf)
      this.set({ burst: { cap, outcomes } })
      return ''
    })
  }
}

function outcomesPart({ cap, outcomes }: { cap: number; outcomes: readonly Outcome[] }): TemplateResult {
  const counts = Object.entries(countOutcomes(outcomes))
  return html`
    <p role="status">${verdictOf(outcomes, cap)}</p>
    <div class="squares" aria-hidden="true">${outcomes.map((outcome) => html`<span class="square ${outcome}"></span>`)}</div>
    <p class="legend">
      ${counts.map(([name, number]) => html`<span><span class="swatch ${name}"></span> ${name} ${number}</span>`)}
    </p>
  `
}

function toneOf(status: string) {
  return status === 'active' ? 'good' : status === 'blocked' ? 'bad' : 'warn'
}

function describeVisit({ status, headers, json }: Answer): string {
  const target = headers.location
  return target ? `${status}: the visitor is led to ${target}` : `${status}: ${json?.detail ?? json?.title ?? 'a page'}`
}

customElements.define('links-page', LinksPage)
