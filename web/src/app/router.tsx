import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { ErrorPage } from './error-page.tsx';
import { Layout } from './layout.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { type ReturnSearch, returnSearch } from './return-to.ts';

/** Pages beyond the first, each a file of its own. */
const pages = {
  event: () => import('./pages/event-page.tsx'),
  checkout: () => import('./pages/checkout-page.tsx'),
  orders: () => import('./pages/orders-page.tsx'),
  tickets: () => import('./pages/tickets-page.tsx'),
  signIn: () => import('./pages/sign-in-page.tsx'),
  register: () => import('./pages/register-page.tsx'),
};

/** Fetches the other pages' files ahead of need: a network that goes away must not take them along. */
export function fetchPagesAhead(): void {
  for (const page of Object.values(pages)) page().catch(() => undefined);
}

const root = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage, errorComponent: ErrorPage });

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage });
const event = createRoute({
  getParentRoute: () => root,
  path: '/events/$eventId',
  component: lazyRouteComponent(pages.event, 'EventPage'),
});
const checkout = createRoute({
  getParentRoute: () => root,
  path: '/checkout/$orderId',
  component: lazyRouteComponent(pages.checkout, 'CheckoutPage'),
});
const orders = createRoute({
  getParentRoute: () => root,
  path: '/orders',
  component: lazyRouteComponent(pages.orders, 'OrdersPage'),
});
const tickets = createRoute({
  getParentRoute: () => root,
  path: '/tickets',
  component: lazyRouteComponent(pages.tickets, 'TicketsPage'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  validateSearch: (search): ReturnSearch => returnSearch(search),
  component: lazyRouteComponent(pages.signIn, 'SignInPage'),
});
const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  validateSearch: (search): ReturnSearch => returnSearch(search),
  component: lazyRouteComponent(pages.register, 'RegisterPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, event, checkout, orders, tickets, signIn, register]),
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
