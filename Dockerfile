# Two images. The default one is the service, and the gateway to the engine whose containers run its programs (compose.yaml
# starts both). The target `standalone` has all languages in it and makes boxes in its own container, without privilege;
# docs/deploy.md has the command that starts it. LANGUAGES is what `npm run images -- all` builds, or images/all by hand.
#
# Without a registry, BASE is any Debian, and DEPENDENCIES an image with the result of `npm ci` in /app/node_modules and
# Node in /opt/node/bin (test/deployment/deployment-images.ts builds both).
ARG BASE=node:24.21.0-bookworm-slim
ARG DEPENDENCIES=npm-dependencies
ARG LANGUAGES=code-execution-service/all:0.1.0

# The supervisor: one static program, which also prints the system call filter.
FROM ${BASE} AS supervisor
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gcc libc6-dev make \
    && rm -rf /var/lib/apt/lists/*
COPY supervisor/Makefile supervisor/*.c supervisor/*.h /supervisor/
RUN make -s -C /supervisor

# The dependencies. No package needs its install script, and Node is the base's.
FROM ${BASE} AS npm-dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
    && rm -rf node_modules/node-linux-* \
    && mkdir -p /opt/node

FROM ${DEPENDENCIES} AS dependencies

# The pages that browsers load.
FROM ${BASE} AS pages
WORKDIR /app
COPY --from=dependencies /opt/node/ /usr/local/
COPY --from=dependencies /app/node_modules/ node_modules/
COPY package.json SECURITY.md ./
COPY src/ src/
COPY docs/ docs/
COPY web/ web/
COPY scripts/ scripts/
RUN node scripts/build-pages.ts

# Its Node stays out of the way of the languages' own.
FROM ${LANGUAGES} AS standalone
LABEL org.opencontainers.image.title="Code Execution Service with all languages"
USER 0:0
RUN rm -rf /tmp /box /code /build && mkdir -m 1777 /tmp && mkdir -m 0700 /data
WORKDIR /app
COPY --from=pages /usr/local/bin/node /opt/service/bin/node
COPY --from=dependencies /app/node_modules/ node_modules/
COPY --from=supervisor /supervisor/build/supervisor /supervisor/build/probe supervisor/build/
COPY package.json start.mjs ./
COPY scripts/ scripts/
COPY deploy/seccomp/ deploy/seccomp/
COPY images/ images/
COPY src/ src/
COPY --from=pages /app/web/build/ web/build/
ENV NODE_ENV=production SANDBOX=native TOOLCHAINS=host INSTALL_PACKAGES=false HOST=0.0.0.0 PORT=3004 DATA_DIR=/data
EXPOSE 3004
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/service/bin/node", "scripts/alive.mjs"]
ENTRYPOINT []
CMD ["/opt/service/bin/node", "start.mjs"]

FROM ${BASE}
LABEL org.opencontainers.image.title="Code Execution Service"
RUN groupadd --gid 10001 service \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin service \
    && install -d -o service -g service -m 0750 /data /run/code-execution-service
WORKDIR /app
COPY --from=dependencies /opt/node/ /usr/local/
COPY --from=dependencies /app/node_modules/ node_modules/
COPY --from=supervisor /supervisor/build/supervisor /supervisor/build/probe supervisor/build/
COPY package.json start.mjs ./
COPY scripts/ scripts/
COPY deploy/seccomp/ deploy/seccomp/
COPY images/ images/
COPY src/ src/
COPY --from=pages /app/web/build/ web/build/
ENV NODE_ENV=production SANDBOX=docker HOST=0.0.0.0 PORT=3004 DATA_DIR=/data
USER 10001:10001
EXPOSE 3004
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/alive.mjs"]
CMD ["node", "start.mjs"]
