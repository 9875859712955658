import type { Logger } from 'pino'

const choresEveryMs = 60_000

/** Does the chores of the house now and every minute. @returns what ends that */
export async function keepHouse(
  chores: readonly (() => Promise<unknown>)[],
  log: Logger,
): Promise<() => Promise<void>> {
  const once = async () => {
    for (const chore of chores) {
      await chore().catch((error) =>
        log.error({ err: error }, 'what was due could not be done; it is tried again'),
      )
    }
  }
  let running = once()
  await running
  const timer = setInterval(() => {
    running = running.then(once)
  }, choresEveryMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
