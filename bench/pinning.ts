import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Servers have a core, the load has another: what one saves is not spent by the other. */
export const cores = { server: 0, load: 1 } as const

/** Whether programs can be kept on a core here. */
export const canPin: boolean = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

/** The command line that keeps a program on one core, where that can be. */
export function pinned(core: number, command: readonly string[]): readonly string[] {
  return canPin ? ['taskset', '--cpu-list', String(core), ...command] : command
}
