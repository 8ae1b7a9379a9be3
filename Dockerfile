# Stackwright as an image, made without a network from a directory of wheels:
#   make image          or, by hand:
#   python3 -m pip wheel --wheel-dir wheels . && docker build --network none --tag stackwright .
#   docker run --rm --volume "$PWD:/src" stackwright advise --source . -o pylock.toml
# Whoever runs it may write where knowledge is kept, whichever user that is.
# BASE is any image with Python 3.11 or newer and its venv module.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
COPY wheels /wheels
# Some files that distributions hold are no Python that this one reads: compileall says so and goes on.
RUN set -e; \
    python3 -m venv /opt/stackwright; \
    /opt/stackwright/bin/python -m pip install --no-index --find-links /wheels --no-cache-dir stackwright; \
    /opt/stackwright/bin/python -m pip uninstall --yes --quiet pip; \
    /opt/stackwright/bin/python -m compileall -q /opt/stackwright/lib || true; \
    /opt/stackwright/bin/stackwright --version; \
    mkdir -p /made/opt /made/var/lib/stackwright /made/src; \
    mv /opt/stackwright /made/opt; \
    chmod 1777 /made/var/lib/stackwright /made/src

FROM ${BASE}
COPY --from=build /made/ /
ENV PATH=/opt/stackwright/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/var/lib/stackwright \
    STACKWRIGHT_STORE=/var/lib/stackwright/knowledge.sqlite3 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
USER 65532:65532
ENTRYPOINT ["stackwright"]
