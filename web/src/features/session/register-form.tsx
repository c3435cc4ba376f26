import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { Button } from '../../shared/ui/button.tsx';
import { Field } from '../../shared/ui/field.tsx';
import { ErrorNotice } from '../../shared/ui/notice.tsx';
import { register } from './api/register.ts';
import { fieldErrors } from './form-errors.ts';
import { signIn } from './session.ts';

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

async function registerAndSignIn(form: FormData): Promise<void> {
  const password = text(form, 'password');
  const username = text(form, 'username').trim();
  await register({
    username,
    password,
    email: text(form, 'email').trim(),
    firstName: text(form, 'firstName').trim(),
    lastName: text(form, 'lastName').trim(),
  });
  await signIn(username, password);
}

export function RegisterForm({ onDone }: { onDone: () => void }) {
  const registering = useMutation({ mutationFn: registerAndSignIn, onSuccess: onDone });
  const errors = fieldErrors(registering.error);
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    registering.mutate(new FormData(event.currentTarget));
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="First name"
          name="firstName"
          autoComplete="given-name"
          required
          maxLength={100}
          error={errors['firstName']}
        />
        <Field label="Last name" name="lastName" autoComplete="family-name" required maxLength={100} error={errors['lastName']} />
      </div>
      <Field label="E-mail" name="email" type="email" autoComplete="email" required maxLength={254} error={errors['email']} />
      <Field
        label="Username"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        minLength={3}
        maxLength={32}
        pattern="[A-Za-z0-9_.\-]{3,32}"
        hint="3 to 32 letters, digits, dots, hyphens"
        error={errors['username']}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={8}
        maxLength={128}
        hint="At least 8 characters; a short sentence is good"
        error={errors['password']}
      />
      {registering.isError && Object.keys(errors).length === 0 && <ErrorNotice error={registering.error} />}
      <Button type="submit" look="primary" busy={registering.isPending}>
        {registering.isPending ? 'Making your account…' : 'Make an account'}
      </Button>
    </form>
  );
}
