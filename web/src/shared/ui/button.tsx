import type { ButtonHTMLAttributes } from 'react';

type Look = 'primary' | 'plain' | 'quiet';

const LOOKS: Record<Look, string> = {
  primary: 'bg-accent text-on-accent border-accent enabled:hover:bg-accent-ink enabled:hover:border-accent-ink font-semibold',
  plain: 'bg-raised text-ink border-ink enabled:hover:bg-ink enabled:hover:text-paper font-medium',
  quiet: 'bg-transparent text-ink border-transparent enabled:hover:border-rule font-medium',
};

/** `primary` is vermilion and for the one next action of what is the visitor's: at most one is seen at a time. */
export function buttonClass(look: Look): string {
  return `inline-flex min-h-11 items-center justify-center gap-2 rounded-[3px] border px-4 py-2 text-base transition-colors duration-150 disabled:opacity-50 disabled:cursor-not-allowed ${LOOKS[look]}`;
}

export function Button({
  look = 'plain',
  busy = false,
  className = '',
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look; busy?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || busy}
      aria-busy={busy}
      className={`${buttonClass(look)} ${className}`}
    >
      {children}
    </button>
  );
}
