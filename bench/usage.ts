import { readFileSync } from 'node:fs'

/** What the kernel knows of a process, all its threads together. */
export interface Usage {
  readonly cpuSeconds: number
  readonly residentBytes: number
}

/** Linux counts in these, whatever its own clock does (proc(5), `sysconf(_SC_CLK_TCK)`). */
const ticksPerSecond = 100
const pageBytes = 4096

/** CPU time and memory of a process; `undefined` where there is no /proc to ask. */
export function findUsage(pid: number): Usage | undefined {
  const stat = findText(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The name, in parentheses, may hold spaces; what follows it is counted from field 3 of proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  return { cpuSeconds: (field(14) + field(15)) / ticksPerSecond, residentBytes: field(24) * pageBytes }
}

/** CPU time that everything on this machine has used, and what the host took away from it. */
export function findMachineSeconds(): number | undefined {
  const [, user = '0', nice = '0', system = '0', , , , , steal = '0'] =
    findText('/proc/stat')?.split('\n')[0]?.split(/ +/) ?? []
  const ticks = Number(user) + Number(nice) + Number(system) + Number(steal)
  return ticks === 0 ? undefined : ticks / ticksPerSecond
}

function findText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
