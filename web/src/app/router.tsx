import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { ErrorPage } from './error-page.tsx';
import { Layout } from './layout.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { type ReturnSearch, returnSearch } from './return-to.ts';

const root = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage, errorComponent: ErrorPage });

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage });
const event = createRoute({
  getParentRoute: () => root,
  path: '/events/$eventId',
  component: lazyRouteComponent(() => import('./pages/event-page.tsx'), 'EventPage'),
});
const checkout = createRoute({
  getParentRoute: () => root,
  path: '/checkout/$orderId',
  component: lazyRouteComponent(() => import('./pages/checkout-page.tsx'), 'CheckoutPage'),
});
const orders = createRoute({
  getParentRoute: () => root,
  path: '/orders',
  component: lazyRouteComponent(() => import('./pages/orders-page.tsx'), 'OrdersPage'),
});
const tickets = createRoute({
  getParentRoute: () => root,
  path: '/tickets',
  component: lazyRouteComponent(() => import('./pages/tickets-page.tsx'), 'TicketsPage'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  validateSearch: (search): ReturnSearch => returnSearch(search),
  component: lazyRouteComponent(() => import('./pages/sign-in-page.tsx'), 'SignInPage'),
});
const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  validateSearch: (search): ReturnSearch => returnSearch(search),
  component: lazyRouteComponent(() => import('./pages/register-page.tsx'), 'RegisterPage'),
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
