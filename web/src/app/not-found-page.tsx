import { Link } from '@tanstack/react-router';
import { useTitle } from '../shared/hooks/use-title.ts';
import { buttonClass } from '../shared/ui/button.tsx';

export function NotFoundPage() {
  useTitle('Not found');
  return (
    <div className="mx-auto grid w-full max-w-xl justify-items-start gap-5 px-4 py-16">
      <h1 className="text-2xl">There is no such page.</h1>
      <p>The address may be mistyped, or the page has moved. What is on sale is all on the first page.</p>
      <Link to="/" className={buttonClass('plain')}>
        See what is on
      </Link>
    </div>
  );
}
