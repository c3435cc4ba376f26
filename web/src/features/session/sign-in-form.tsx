import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { problemCode } from '../../shared/api/problem.ts';
import { Button } from '../../shared/ui/button.tsx';
import { Field } from '../../shared/ui/field.tsx';
import { ErrorNotice, Notice } from '../../shared/ui/notice.tsx';
import { logIn } from './api/log-in.ts';
import { startSession } from './session.ts';

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

export function SignInForm({ onDone }: { onDone: () => void }) {
  const signIn = useMutation({
    mutationFn: (form: FormData) => logIn(text(form, 'name').trim(), text(form, 'password')),
    onSuccess: (answer) => {
      startSession(answer);
      onDone();
    },
  });
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    signIn.mutate(new FormData(event.currentTarget));
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field label="E-mail or username" name="name" autoComplete="username" autoCapitalize="none" spellCheck={false} required />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      {signIn.isError &&
        (problemCode(signIn.error) === 'INVALID_CREDENTIALS' ? (
          <Notice tone="bad" title="That is not the right name or password">
            Check both; capital letters count in the password.
          </Notice>
        ) : (
          <ErrorNotice error={signIn.error} />
        ))}
      <Button type="submit" look="primary" busy={signIn.isPending}>
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
