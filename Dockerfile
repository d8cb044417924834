# docker build -t gatehouse .    docs/operations.md says how to run it.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# sqlite3 is compiled where its prebuilt binary cannot be fetched.
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build
RUN npm prune --omit=dev --no-audit
# What compiling leaves beside the binary.
RUN cd node_modules/sqlite3 && rm -rf deps build/deps build/Release/obj build/Release/obj.target build/Release/*.a

FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json deploy/health-check.mjs ./
RUN install -d -o node -g node -m 0700 /data
# Everything that is written, and nothing else, lies in /data: the root may be read-only.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    DATABASE_URL=sqlite:/data/gatehouse.sqlite \
    JWT_KEYS_FILE=/data/keys.json \
    MAIL_OUTBOX=/data/outbox
VOLUME /data
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "health-check.mjs"]
# No shell and no npm between: the signal to stop arrives at the service.
CMD ["node", "--enable-source-maps", "dist/main.js"]
