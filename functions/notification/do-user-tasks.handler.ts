import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { createCancel } from './cancel/cancel.ts'
import { judgeQuietHours } from './domain/quiet-hours.ts'
import { createEraseTask } from './people/erase.ts'
import { createRetime } from './people/retime.ts'
import { readUserTask } from './people/user-tasks.ts'
import { createSendUserTask } from './store/user-tasks-queue.ts'
import { createUserTasksStore } from './store/user-tasks-store.ts'

/** The time of one task. One that takes longer is done again from the start, where little is left to do. */
const MESSAGE_MS = 50_000

const runtime = createTableRuntime('notification-do-user-tasks')
const { table, now, random, randomBytes, startTimer, newId, telemetry } = runtime
const store = createUserTasksStore({ ...table, now, random, randomBytes, startTimer, newId })
const cancel = createCancel({ revise: store.revise, now })
const sendTask = createSendUserTask(runtime, requiredEnv('USER_TASKS_QUEUE_URL'))
const retime = createRetime({ ...store, judgeQuietHours, now })
const erase = createEraseTask({ ...store, cancel: (id, signal) => cancel({ id }, signal), sendTask })

export const handler = queueHandler({
  ...telemetry,
  read: readUserTask,
  async handle(task, { signal, logger }) {
    const outcome = task.task
    const messages = task.task === 'retime' ? await retime(task, signal) : (await erase(task, signal)).erased
    logger.info('user task done', { outcome, messages })
    return undefined
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: QUEUE_METRICS }),
  messageMs: MESSAGE_MS,
})
