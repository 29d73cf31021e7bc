# The image of a server. The wheel is built and its pinned dependencies installed in the first stage; the second holds
# the result and no compiler, runs as a user without rights, and keeps everything in /data.

FROM python:3.11-slim-bookworm AS build
COPY --from=rust:1.95-slim-bookworm /usr/local/cargo /usr/local/cargo
COPY --from=rust:1.95-slim-bookworm /usr/local/rustup /usr/local/rustup
ENV CARGO_HOME=/usr/local/cargo RUSTUP_HOME=/usr/local/rustup PATH=/usr/local/cargo/bin:/opt/build/bin:$PATH
# The release of Debian pins the versions of its packages.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential cmake \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY requirements requirements
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt \
 && python -m venv /opt/hookflash \
 && /opt/hookflash/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE Cargo.toml Cargo.lock ./
COPY switch switch
COPY src src
RUN maturin build --locked --out /wheels \
 && /opt/hookflash/bin/pip install --no-cache-dir --no-deps --no-index /wheels/hookflash-*.whl

FROM python:3.11-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends espeak-ng \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/hookflash /opt/hookflash
RUN useradd --system --uid 10001 --no-create-home hookflash \
 && install -d -m 0700 -o hookflash /data \
 && install -d -m 0755 -o hookflash /data/ca
ENV PATH=/opt/hookflash/bin:$PATH HOOKFLASH_DATA=/data
USER 10001
VOLUME /data
EXPOSE 8010 8443 8011 5060/udp 5060/tcp 5061/tcp 20000-20999/udp
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8010/', timeout=4)"]
ENTRYPOINT ["hookflash"]
CMD ["serve", "--host", "0.0.0.0", "--mode", "operator", "--rtp-ports", "20000-20999"]
