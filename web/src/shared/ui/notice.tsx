import type { ReactNode } from 'react';
import { ApiProblem, NetworkFailure } from '../api/problem.ts';
import { Button } from './button.tsx';

type Tone = 'calm' | 'bad' | 'good';
const MARKS: Record<Tone, string> = { calm: 'i', bad: '!', good: '✓' };
const TONES: Record<Tone, string> = { calm: 'text-ink', bad: 'text-bad', good: 'text-good' };

/** Says what happened and what to do. The mark and the words carry the meaning; the colour only agrees. */
export function Notice({
  tone = 'calm',
  title,
  children,
  action,
}: {
  tone?: Tone;
  title?: string | undefined;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className="flex gap-3 rounded-[3px] border border-rule bg-raised p-4 animate-rise"
    >
      <span
        aria-hidden="true"
        className={`tabular mt-px grid size-5 shrink-0 place-items-center rounded-full border text-xs font-bold ${TONES[tone]}`}
      >
        {MARKS[tone]}
      </span>
      <div className="grid min-w-0 gap-2 text-base">
        {title !== undefined && <p className={`font-semibold ${TONES[tone]}`}>{title}</p>}
        {children !== undefined && <div className="text-sm text-pretty">{children}</div>}
        {action !== undefined && <div>{action}</div>}
      </div>
    </div>
  );
}

function explain(error: unknown): { title: string; text: string; trace?: string } {
  if (error instanceof NetworkFailure) {
    return {
      title: 'No connection',
      text: 'The server could not be reached. Nothing of yours is lost; check the network and try again.',
    };
  }
  if (error instanceof ApiProblem)
    return { title: error.problem.title, text: error.problem.detail, trace: error.problem.traceId };
  return { title: 'This page stumbled', text: 'Something in the page failed, not in your order. Load it again.' };
}

/** What went wrong, in the server's words, with a way on. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { title, text, trace } = explain(error);
  return (
    <Notice tone="bad" title={title} action={onRetry && <Button onClick={onRetry}>Try again</Button>}>
      <p>{text}</p>
      {trace !== undefined && trace !== '' && <p className="tabular mt-1 text-xs break-all text-faded">Trace {trace}</p>}
    </Notice>
  );
}
