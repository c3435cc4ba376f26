import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { problemCode } from '../../shared/api/problem.ts';
import { Button } from '../../shared/ui/button.tsx';
import { Field } from '../../shared/ui/field.tsx';
import { ErrorNotice, Notice } from '../../shared/ui/notice.tsx';
import { signIn } from './session.ts';

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

export function SignInForm({ onDone }: { onDone: () => void }) {
  const signingIn = useMutation({
    mutationFn: (form: FormData) => signIn(text(form, 'name').trim(), text(form, 'password')),
    onSuccess: onDone,
  });
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    signingIn.mutate(new FormData(event.currentTarget));
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field label="E-mail or username" name="name" autoComplete="username" autoCapitalize="none" spellCheck={false} required />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      {signingIn.isError &&
        (problemCode(signingIn.error) === 'INVALID_CREDENTIALS' ? (
          <Notice tone="bad" title="That is not the right name or password">
            Check both; capital letters count in the password.
          </Notice>
        ) : (
          <ErrorNotice error={signingIn.error} />
        ))}
      <Button type="submit" look="primary" busy={signingIn.isPending}>
        {signingIn.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
