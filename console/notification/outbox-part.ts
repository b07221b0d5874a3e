import { html, nothing, type TemplateResult } from 'lit'
import { timeOfDay } from '../shared/format.ts'
import { empty, table } from '../shared/parts.ts'
import { framePath } from '../shared/server.ts'
import { View } from '../shared/view.ts'
import { ADDRESS, type Mail } from './scenario.ts'

interface State {
  mails: readonly Mail[]
  opened: Mail | undefined
  frame: string
}

/** The mails that a development stage kept, and one of them as its reader sees it. */
export class OutboxPart extends View<State> {
  state: State = { mails: [], opened: undefined, frame: '' }

  set mails(mails: readonly Mail[]) {
    const [newest] = mails
    const isNew = newest !== undefined && newest.at !== this.state.mails[0]?.at
    this.set({ mails })
    if (isNew) void this.open(newest)
  }

  private async open(mail: Mail): Promise<void> {
    const frame = await framePath(mail.html ?? `<!doctype html><pre>${escaped(mail.text ?? '')}</pre>`)
    this.set({ opened: mail, frame })
  }

  override render(): TemplateResult {
    const { mails, opened, frame } = this.state
    if (mails.length === 0) return empty(`No mail to ${ADDRESS} yet.`)
    return html`<div class="halves">
      ${table(
        'Mails',
        [
          { title: 'Time', cell: ({ at }) => timeOfDay(at) },
          { title: 'Channel', cell: ({ channel }) => channel },
          {
            title: 'Subject',
            cell: (mail) =>
              html`<button class="second" aria-pressed=${mail.at === opened?.at} @click=${() => this.open(mail)}>
                ${mail.subject || '(no subject)'}
              </button>`,
          },
        ],
        mails,
      )}
      ${opened ? this.mail(opened, frame) : nothing}
    </div>`
  }

  private mail({ subject, headers }: Mail, frame: string): TemplateResult {
    return html`<div class="mail">
      <h3>${subject}</h3>
      <iframe sandbox title=${`Mail: ${subject}`} src=${frame}></iframe>
      <details>
        <summary>Headers</summary>
        <pre>${Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}`)
          .join('\n')}</pre>
      </details>
    </div>`
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

customElements.define('outbox-part', OutboxPart)
