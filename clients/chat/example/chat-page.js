import { createChatClient } from '@stackyard/chat-client'
import { createRoomView } from '@stackyard/chat-client/room-view'

const $ = (id) => document.getElementById(id)
let view

// Addresses and the user may be given in the page's own address, as in ?url=https://...&user=ann. A token may not.
for (const [name, value] of new URLSearchParams(location.search)) {
  const field = $('connect').elements.namedItem(name)
  if (field && name !== 'token') field.value = value
}

onSubmit('connect', async ({ url, webSocketUrl, user, token }) => {
  const chat = createChatClient({ url, webSocketUrl, token })
  chat.on('state', ({ status, error }) => {
    $('connection').value = status
    showProblem(error)
  })
  for (const type of ['start', 'removed', 'room']) chat.on(type, () => listRooms(chat).catch(showProblem))
  window.addEventListener('online', chat.wake)
  document.addEventListener('visibilitychange', chat.wake)
  chat.start()
  $('connect').hidden = true
  $('chat').hidden = false
  $('direct').elements.namedItem('with').focus()
  enableRooms(chat, user)
  await listRooms(chat)
})

function enableRooms(chat, user) {
  $('room').addEventListener('change', () => openRoom(chat, user))
  $('older').addEventListener('click', () => view?.loadOlder().catch(showProblem))
  onSubmit('direct', async ({ with: other }) => {
    const body = { kind: 'direct', with: other }
    const headers = { 'idempotency-key': `direct-${Date.now()}-${Math.random()}` }
    const { id } = await chat.call({ method: 'POST', path: '/v1/rooms', body, headers })
    await listRooms(chat)
    $('room').value = id
    openRoom(chat, user)
    $('direct').reset()
  })
  $('send').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.target.tagName !== 'TEXTAREA') return
    event.preventDefault()
    $('send').requestSubmit()
  })
  onSubmit('send', async ({ body }) => {
    const room = $('room').value
    $('send').reset()
    await chat.send({ room, body })
  })
}

async function listRooms(chat) {
  const { items } = await chat.call({ method: 'GET', path: '/v1/rooms' })
  const chosen = $('room').value
  const options = items.map(({ id, name, with: other }) => new Option(name ?? other ?? id, id))
  $('room').replaceChildren(new Option('Choose a room', ''), ...options)
  $('room').value = items.some(({ id }) => id === chosen) ? chosen : ''
}

function openRoom(chat, user) {
  view?.close()
  const room = $('room').value
  $('conversation').hidden = !room
  chat.watch(room ? [room] : [])
  view = room ? createRoomView({ chat, room, user }) : undefined
  view?.onChange(() => show(chat, room, user))
  show(chat, room, user)
}

function show(chat, room, user) {
  const { scrollHeight } = document.documentElement
  const wasAtEnd = scrollHeight - window.scrollY - window.innerHeight < 8
  const messages = view?.messages() ?? []
  const shown = messages.map((message) => ({ text: textOf(message), isOwn: message.user === user }))
  fill($('messages'), shown)
  fill(
    $('pending'),
    (view?.pending() ?? []).map(({ fields }) => ({ text: `Sending: ${fields.body}`, isOwn: true })),
  )
  $('older').hidden = !(view?.status() === 'ready' && view.hasOlder())
  if (wasAtEnd) window.scrollTo(0, document.documentElement.scrollHeight)
  const newest = messages.at(-1)
  if (newest && document.visibilityState === 'visible') chat.read(room, newest.seq)
}

function textOf({ user, body, editedAt, reactions }) {
  const counts = Object.entries(reactions).map(([emoji, count]) => ` ${emoji} ${count}`)
  return `${user}: ${body ?? '(deleted)'}${editedAt ? ' (edited)' : ''}${counts.join('')}`
}

/** Leaves an item that has not changed where it is: a screen reader would read it again. */
function fill(list, items) {
  for (const [index, { text, isOwn }] of items.entries()) {
    const element = list.children[index] ?? list.appendChild(document.createElement('li'))
    if (element.textContent !== text) element.textContent = text
    element.classList.toggle('own', isOwn)
  }
  while (list.children.length > items.length) list.lastChild.remove()
}

function onSubmit(id, handle) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault()
    showProblem(undefined)
    handle(Object.fromEntries(new FormData($(id)))).catch(showProblem)
  })
}

function showProblem(error) {
  $('problem').textContent = error?.message ?? ''
}
