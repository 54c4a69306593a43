# docs/deploying.md says how it is built and run.
FROM python:3.11.14-slim-bookworm

RUN install --directory --owner=10001 --group=10001 --mode=0700 /data

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --only-binary :all: -r requirements.txt
COPY . .
# The user who serves may write nothing here.
RUN python -m compileall -q .

ENV XPENSER_DATA=/data HOST=0.0.0.0 PORT=8000 PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as ask; ask.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/readyz\", timeout=9)"]
CMD ["python", "manage.py", "serve"]
