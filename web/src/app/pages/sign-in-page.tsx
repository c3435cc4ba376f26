import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useHold } from '../../features/hold/hold.ts';
import { SignInForm } from '../../features/session/sign-in-form.tsx';
import { useTitle } from '../../shared/hooks/use-title.ts';

export function SignInPage() {
  useTitle('Sign in');
  const { returnTo } = useSearch({ from: '/signin' });
  const router = useRouter();
  const hold = useHold();
  return (
    <div className="mx-auto w-full max-w-sm px-4 py-12">
      <h1 className="mb-2 text-xl">Sign in</h1>
      <p className="mb-6 text-sm text-faded">
        {hold !== null
          ? 'The seats you hold stay held while you sign in.'
          : returnTo?.startsWith('/events/')
            ? 'The seats you chose stay chosen; after signing in you are back at them.'
            : 'Your tickets and orders are kept under your name.'}
      </p>
      <SignInForm onDone={() => router.history.push(returnTo ?? '/')} />
      <p className="mt-6 text-sm">
        New here?{' '}
        <Link
          to="/register"
          search={returnTo === undefined ? {} : { returnTo }}
          className="font-semibold underline underline-offset-4"
        >
          Make an account
        </Link>
      </p>
      <p className="mt-4 border-t border-rule pt-4 text-sm text-faded">
        Looking at the demo? <span className="tabular text-ink">alice</span>, <span className="tabular text-ink">bob</span> and{' '}
        <span className="tabular text-ink">charlie</span> buy tickets there with the password{' '}
        <span className="tabular text-ink">onsale-demo</span>.
      </p>
    </div>
  );
}
