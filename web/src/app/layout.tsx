import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { isRunning, useHold } from '../features/hold/hold.ts';
import { useCountdown } from '../features/hold/use-countdown.ts';
import type { Hold } from '../features/hold/hold.ts';
import { signOut, useSessionState } from '../features/session/session.ts';
import { formatCountdown } from '../shared/format/countdown.ts';
import { useOnline } from '../shared/hooks/use-online.ts';
import { Skeleton } from '../shared/ui/skeleton.tsx';

const linkClass = 'rounded-[3px] py-2 text-sm underline-offset-8 hover:underline [&.active]:font-semibold [&.active]:underline';

function Masthead() {
  const state = useSessionState();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const returnTo = path === '/signin' || path === '/register' ? {} : { returnTo: path };
  return (
    <header className="border-b border-rule">
      <div className="mx-auto flex h-14 max-w-[100rem] items-center gap-4 px-4 sm:gap-6 sm:px-6">
        <Link to="/" className="mr-auto flex items-center gap-2 rounded-[3px] text-lg font-bold tracking-[-0.04em]">
          <svg aria-hidden="true" viewBox="0 0 32 22" className="h-4 w-6">
            <path className="fill-ink" d="M0 0h32v6a5 5 0 0 0 0 10v6H0v-6A5 5 0 0 0 0 6z" />
            <path className="stroke-paper" strokeWidth="2" strokeDasharray="2 2.6" d="M21 1.5v20" />
          </svg>
          Onsale
        </Link>
        <nav aria-label="Main" className="flex items-center gap-4 sm:gap-6">
          <Link to="/tickets" className={linkClass}>
            Tickets
          </Link>
          <Link to="/orders" className={linkClass}>
            Orders
          </Link>
          {state.phase === 'in' ? (
            <button type="button" onClick={signOut} className={linkClass} title={`Signed in as ${state.session.user.username}`}>
              Sign out<span className="max-sm:hidden"> {state.session.user.firstName}</span>
            </button>
          ) : state.phase === 'starting' ? (
            <Skeleton className="h-5 w-16" />
          ) : (
            <Link to="/signin" search={returnTo} className={linkClass}>
              Sign in
            </Link>
          )}
        </nav>
      </div>
    </header>
  );
}

function HoldBar({ hold }: { hold: Hold }) {
  const { seconds } = useCountdown(hold.reservation.expiresAt, hold.reservation.ttlSeconds);
  if (seconds === 0) return null;
  return (
    <Link
      to="/events/$eventId"
      params={{ eventId: hold.reservation.eventId }}
      className="flex items-center justify-center gap-3 bg-accent px-4 py-2 text-sm font-semibold text-on-accent outline-offset-[-4px]"
    >
      <span className="truncate">You hold seats for {hold.eventName}</span>
      <span className="tabular">{formatCountdown(seconds)}</span>
      <span aria-hidden="true">→</span>
    </Link>
  );
}

/** Away from its own page, a running hold stays in sight: time passes there too. */
function HoldReminder() {
  const hold = useHold();
  const path = useRouterState({ select: (state) => state.location.pathname });
  if (hold === null || !isRunning(hold)) return null;
  if (path.startsWith('/checkout/') || path === `/events/${hold.reservation.eventId}`) return null;
  return <HoldBar hold={hold} />;
}

const SIGNED_OUT_WORDS = {
  ENDED: 'Your session here is over. Sign in again to go on; seats you hold stay held until their time is over.',
  ELSEWHERE: 'You were signed out in another tab. Seats you hold stay held until their time is over.',
} as const;

/** For who is signed out without having pressed it here. */
function SignedOutNote() {
  const state = useSessionState();
  if (state.phase !== 'out' || state.because === null) return null;
  return (
    <p role="status" className="border-b border-rule bg-raised px-4 py-2 text-center text-sm">
      {SIGNED_OUT_WORDS[state.because]}
    </p>
  );
}

export function Layout() {
  const isOnline = useOnline();
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#main" className="sr-only bg-ink px-4 py-2 text-paper focus:not-sr-only focus:absolute focus:z-50">
        Skip to the content
      </a>
      {!isOnline && (
        <p role="status" className="bg-ink px-4 py-2 text-center text-sm text-paper">
          You are offline. What you see may be old; seats you hold stay held until their time is over.
        </p>
      )}
      <HoldReminder />
      <Masthead />
      <SignedOutNote />
      <main id="main" tabIndex={-1} className="flex flex-1 flex-col outline-none">
        <Outlet />
      </main>
    </div>
  );
}
