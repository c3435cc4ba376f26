import type { ReactNode } from 'react';

/**
 * The paper that a purchase is written on, in parts from top to bottom. Between two parts it is perforated, with a half-round notch
 * at both ends, so that it can be torn there.
 */
export function Stub({ children, className = '' }: { children: ReactNode; className?: string }) {
  return <div className={`drop-shadow-[0_1px_0_var(--color-rule)] ${className}`}>{children}</div>;
}

/** `top` and `bottom` say on which sides this part hangs on another: there its corners are notched instead of round. */
export function StubPart({
  children,
  top = false,
  bottom = false,
  className = '',
}: {
  children: ReactNode;
  top?: boolean;
  bottom?: boolean;
  className?: string;
}) {
  return (
    <div data-top={top} data-bottom={bottom} className={`stub-part bg-raised ${className}`}>
      {children}
    </div>
  );
}

/** A line of print: what, dots, how much. */
export function LeaderRow({ what, amount, strong = false }: { what: ReactNode; amount: ReactNode; strong?: boolean }) {
  return (
    <div className={`flex items-baseline ${strong ? 'text-base font-semibold' : 'text-sm'}`}>
      <span className="min-w-0 [overflow-wrap:anywhere]">{what}</span>
      <span aria-hidden="true" className="leader" />
      <span className="tabular shrink-0">{amount}</span>
    </div>
  );
}

/** The name of a seat as it is printed: VIP · A · 12. */
export function SeatName({ section, row, number }: { section: string; row?: string; number?: number }) {
  const parts = [section, row, number].filter((part) => part !== undefined);
  return <span className="tabular">{parts.join(' · ')}</span>;
}
