/** How many threads of this process do the same work as this one; what the process has once, they divide. */
let sharers = 1

/** Told once, before this thread does anything slow. */
export function shareWith(threads: number): void {
  sharers = threads
}

/** This thread's part of so many of something; one at least. */
export function shareOf(all: number): number {
  return Math.max(1, Math.floor(all / sharers))
}
