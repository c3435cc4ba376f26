import { Link, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSession } from '../features/session/session.ts';
import { buttonClass } from '../shared/ui/button.tsx';

/** Shows a page to who is signed in, and the way in to everybody else. */
export function RequireSession({ what, children }: { what: string; children: ReactNode }) {
  const session = useSession();
  const path = useRouterState({ select: (state) => state.location.pathname });
  if (session !== null) return children;
  return (
    <div className="mx-auto grid w-full max-w-xl justify-items-start gap-4 px-4 py-16">
      <h1 className="text-xl">Sign in to see {what}.</h1>
      <p className="text-faded">
        For now a reload of the page signs you out. Nothing is lost by it: seats you hold stay held until their time is over.
      </p>
      <Link to="/signin" search={{ returnTo: path }} className={buttonClass('primary')}>
        Sign in
      </Link>
    </div>
  );
}
