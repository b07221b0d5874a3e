import '@stackyard/inbox'

const form = document.querySelector('#connect')
const inbox = document.querySelector('stackyard-inbox')
const counts = document.querySelector('#counts')

// Addresses and the user may be given in the page's own address, as in ?url=https://...&user=ann. A token may not.
for (const [name, value] of new URLSearchParams(location.search)) {
  const field = form.elements.namedItem(name)
  if (field && name !== 'token') field.value = value
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { url, webSocketUrl, user, token } = Object.fromEntries(new FormData(form))
  inbox.setAttribute('url', url)
  inbox.setAttribute('websocket-url', webSocketUrl)
  inbox.setAttribute('user', user)
  // An application asks its identity provider here.
  inbox.getToken = () => token
  form.hidden = true
  counts.hidden = false
})

inbox.addEventListener('inbox-count', ({ detail: { unseen, unread } }) => {
  document.title = unseen > 0 ? `(${unseen}) Inbox` : 'Inbox'
  counts.textContent = `${unseen} unseen, ${unread} unread`
})
