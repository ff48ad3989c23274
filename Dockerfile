# One image for every Probity process: `probity worker`, `probity serve`, and the rest of the command.
# TensorFlow is compiled in the first stage by the same set-up as everywhere; the second stage has no compiler.
FROM node:22-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-pip make g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV PROBITY_HOME=/opt/probity
# The servers of this image's deployment are their own containers: no local Temporal server is set up.
ENV TEMPORAL_ADDRESS=temporal:7233
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
COPY packages ./packages
COPY setup ./setup
COPY bin ./bin
COPY base ./base
COPY features ./features
COPY simulator ./simulator
COPY models ./models
COPY rating ./rating
COPY records ./records
COPY pipelines ./pipelines
COPY serving ./serving
COPY cli ./cli
COPY bench ./bench
COPY notebooks ./notebooks
RUN node setup/main.mjs \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf /opt/probity/tensorflow/*/include .probity

FROM node:22-bookworm-slim
ENV NODE_ENV=production PROBITY_HOME=/opt/probity
COPY --from=build /opt/probity /opt/probity
COPY --from=build --chown=node:node /app /app
RUN ln -s /app/bin/probity.mjs /usr/local/bin/probity && mkdir -p /project && chown node:node /project
USER node
WORKDIR /project
VOLUME /project
ENTRYPOINT ["probity"]
CMD ["--help"]
