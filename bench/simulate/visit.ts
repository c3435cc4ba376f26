import { setTimeout as delay } from 'node:timers/promises';
import { wireRequest } from '../load/wire.ts';
import { parsed } from './answers.ts';
import { hesitationMs, type BuyerPlan, type Thought, type WriteStep } from './behaviour.ts';
import type { Ledger } from './ledger.ts';
import type { Page } from './page.ts';
import { askPatiently, persist, type Asker, type Definite } from './persist.ts';
import type { Ending, Step } from './tally.ts';
import type { SaleEvent } from './world.ts';

/** A buyer at work. */
export type Visit = Asker & {
  plan: BuyerPlan;
  event: SaleEvent;
  page: Page;
  ledger: Ledger;
  /** Of real life, how much buyers take to think. */
  pace: number;
  /** How often they were here before; makes the keys of their requests differ. */
  visits: number;
};

/** Asks for a change. Null: there was no definite answer. */
export function ask(visit: Visit, step: WriteStep, attempt: number, body: object): Promise<Definite | null> {
  return persist(visit, step, `${step}-${visit.visits}-${attempt}`, body);
}

/** The answer of a GET; null when there was no good one. */
export async function read(visit: Visit, path: string): Promise<unknown> {
  const reply = await askPatiently(visit, wireRequest({ path, token: visit.token }, visit.host));
  return reply?.status === 200 ? parsed(reply.text) : null;
}

export async function think({ plan, pace, signal }: Visit, thought: Thought): Promise<void> {
  const ms = hesitationMs(thought, pace, plan.random);
  if (ms >= 1) await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** A refusal that ends the visit: expected when the hold had ended before, else a fault. */
export function refused(visit: Visit, step: Step, answer: Pick<Definite, 'status' | 'code' | 'body'>): Ending {
  const code = answer.code ?? `HTTP_${answer.status}`;
  visit.tally.refused(step, code);
  return HOLD_ENDED.has(code) ? 'tooLate' : strange(visit, step, answer);
}

const HOLD_ENDED = new Set(['RESERVATION_NOT_ACTIVE', 'RESERVATION_NOT_FOUND', 'ORDER_NOT_PAYABLE', 'ORDER_NOT_CANCELLABLE']);
const SHOWN_CHARS = 200;

/** An answer that should not be. */
export function strange({ tally }: Visit, step: Step, { status, body }: Pick<Definite, 'status' | 'body'>): Ending {
  tally.unexpected(`${step} was answered ${status} ${JSON.stringify(body)?.slice(0, SHOWN_CHARS) ?? ''}`);
  return 'unserved';
}

/** No definite answer in all attempts. */
export function letDown({ tally, signal }: Visit, step: Step): Ending {
  if (signal.aborted) return 'interrupted';
  tally.unexpected(`${step} was never answered definitely`);
  return 'unserved';
}
