/** What whoever runs the service may ask it from outside, without loading the service to do so. */

export { addService, askWhere, askWhy, listServices, NotRunning, removeService } from './control/ask.ts'
export type { ServiceAnswer, ServiceListing } from './control/services.ts'
export type { Whereabouts } from './control/whereabouts.ts'
export type { ExplainedDenial, Retirement, WhyAnswer } from './control/why.ts'
