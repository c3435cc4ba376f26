import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { RegisterForm } from '../../features/session/register-form.tsx';
import { useTitle } from '../../shared/hooks/use-title.ts';

export function RegisterPage() {
  useTitle('Make an account');
  const { returnTo } = useSearch({ from: '/register' });
  const router = useRouter();
  return (
    <div className="mx-auto w-full max-w-md px-4 py-12">
      <h1 className="mb-2 text-xl">Make an account</h1>
      <p className="mb-6 text-sm text-faded">
        Tickets are made out to your name. It takes a minute, and what you chose stays chosen.
      </p>
      <RegisterForm onDone={() => router.history.push(returnTo ?? '/')} />
      <p className="mt-6 text-sm">
        You have one?{' '}
        <Link
          to="/signin"
          search={returnTo === undefined ? {} : { returnTo }}
          className="font-semibold underline underline-offset-4"
        >
          Sign in
        </Link>
      </p>
    </div>
  );
}
