# syntax=docker/dockerfile:1
# One image, every role: docker run power-nowcast <command>, for example `up`, `stream` or `serve`.

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The build step runs below, once the sources are here.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM node:20-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Native parts (LMDB, ONNX Runtime) come prebuilt inside their packages: no install script is needed.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
LABEL org.opencontainers.image.title="power-nowcast" \
      org.opencontainers.image.description="Real-time electricity-demand nowcasting" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    NOWCAST_DATA_DIR=/var/lib/nowcast \
    NOWCAST_HOST=0.0.0.0 \
    NOWCAST_PORT=8080
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY bin ./bin
COPY schemas ./schemas
COPY config ./config
COPY topics ./topics
COPY docs ./docs
COPY deploy/healthcheck.mjs ./deploy/healthcheck.mjs
RUN install -d -o node -g node -m 0750 /var/lib/nowcast
USER node
VOLUME /var/lib/nowcast
EXPOSE 8080
# Signals reach Node itself, which stops cleanly; a container runtime's init (`init: true`) reaps what is left.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["node", "bin/nowcast.js"]
CMD ["up"]
