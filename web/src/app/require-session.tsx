import { Link, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { startSession, useSessionState } from '../features/session/session.ts';
import { Button, buttonClass } from '../shared/ui/button.tsx';
import { Notice } from '../shared/ui/notice.tsx';
import { Loading } from '../shared/ui/skeleton.tsx';

type Props = {
  what: string;
  /** The page's own outline, for the moment in which it is not known whether somebody is signed in. */
  skeleton: ReactNode;
  children: ReactNode;
};

/** Shows a page to who is signed in, and the way in to everybody else. */
export function RequireSession({ what, skeleton, children }: Props) {
  const { phase } = useSessionState();
  const path = useRouterState({ select: (state) => state.location.pathname });
  if (phase === 'in') return children;
  if (phase === 'starting') {
    return (
      <>
        <Loading what={what} />
        {skeleton}
      </>
    );
  }
  return (
    <div className="mx-auto grid w-full max-w-xl justify-items-start gap-4 px-4 py-16">
      {phase === 'away' ? (
        <Notice title="No connection" action={<Button onClick={startSession}>Try again</Button>}>
          The server could not be asked whether you are signed in. Nothing of yours is lost; check the network and try again.
        </Notice>
      ) : (
        <>
          <h1 className="text-xl">Sign in to see {what}.</h1>
          <p className="text-faded">They are kept under your name. Seats you hold stay held until their time is over.</p>
          <Link to="/signin" search={{ returnTo: path }} className={buttonClass('primary')}>
            Sign in
          </Link>
        </>
      )}
    </div>
  );
}
