"""`sfera serve`: everything on one machine. Prepares the data folder, then hands the processes to the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from structlog.stdlib import BoundLogger

from interprocess.tasks import end
from sfera import child, ports, runfile
from sfera.config import Config, ConfigError, load, url_host
from sfera.keys import ensure_keys
from sfera.supervisor import Spec, Supervisor


def serve(
    config_path: Path | None,
    environ: Mapping[str, str],
    log: BoundLogger,
    on_ready: Callable[[runfile.RunState], None] | None = None,
) -> int:
    """Run all processes until a signal; returns the exit code.

    Args:
        config_path: the TOML file, handed on to every process.
        environ: handed on too; ports chosen for listeners on port 0 are added.
        log: the supervisor's logger.
        on_ready: called once, when every process is ready for the first time.

    Raises:
        ConfigError: the configuration cannot be used, or the data folder is in use.
        OSError: the supervisor's own port is taken.
    """
    chosen = ports.choose(load(config_path, environ))
    environ = {**environ, **chosen}
    config = load(config_path, environ)
    with own(Path(config.data_dir)):
        for path in ensure_keys(config):
            log.info("key made", path=str(path))
        return asyncio.run(supervise(config, config_path, environ, log, on_ready))


async def supervise(
    config: Config,
    config_path: Path | None,
    environ: Mapping[str, str],
    log: BoundLogger,
    on_ready: Callable[[runfile.RunState], None] | None,
) -> int:
    """Run the supervisor over api, media and, where it can run, hls."""
    reached = addresses(config)
    path = None if config_path is None else str(config_path.absolute())
    specs = [
        Spec("api", child.command("api", path), f"{reached['api']}/health"),
        Spec("media", child.command("media", path), f"{reached['control']}/health"),
    ]
    missing = hls_missing()
    if missing:
        log.warning("no broadcasts", reason=missing)
        del reached["hls"], reached["hls_control"]
    else:
        specs.append(Spec("hls", child.command("hls", path), f"{reached['hls_control']}/health"))
    supervisor = Supervisor(
        specs,
        environ=environ,
        run_file=runfile.path_in(config.data_dir),
        addresses=reached,
        host=config.supervisor.host,
        port=config.supervisor.port,
        stop_seconds=config.supervisor.stop_seconds,
        log=log,
    )
    announce = asyncio.create_task(tell_ready(supervisor, log, on_ready))
    try:
        return await supervisor.run()
    finally:
        await end(announce)


async def tell_ready(
    supervisor: Supervisor, log: BoundLogger, on_ready: Callable[[runfile.RunState], None] | None
) -> None:
    """Say once that all is there."""
    state = await supervisor.until(lambda state: state.ready)
    log.info("all ready", **state.addresses)
    if on_ready is not None:
        on_ready(state)


def hls_missing() -> str:
    """What keeps the hls process from running here, in words; empty: nothing.

    What it needs is apart from the other dependencies since PyAV's wheel holds FFmpeg with libx264 (GPL).
    """
    missing = [name for name in ("av", "numpy") if importlib.util.find_spec(name) is None]
    return f"broadcasts need {' and '.join(missing)}: pip install 'sfera[hls]'" if missing else ""


def addresses(config: Config) -> dict[str, str]:
    """Where the listeners are, as a process on this machine reaches them."""
    api, media, hls, supervisor = config.api, config.media, config.hls, config.supervisor
    return {
        "api": f"http{'s' if api.tls else ''}://{url_host(api.host)}:{api.port}",
        "signal": f"ws{'s' if media.tls else ''}://{url_host(media.host)}:{media.port}/signal",
        "control": f"http://{url_host(media.control_host)}:{media.control_port}",
        "hls": f"http{'s' if hls.tls else ''}://{url_host(hls.host)}:{hls.port}",
        "hls_control": f"http://{url_host(hls.control_host)}:{hls.control_port}",
        "supervisor": f"http://{url_host(supervisor.host)}:{supervisor.port}",
    }


@contextlib.contextmanager
def own(data_dir: Path) -> Iterator[None]:
    """Hold the data folder: a second Sfera over the same one would write the same files."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (data_dir / ".lock").open("a")
    except OSError as error:
        raise ConfigError(f"data_dir: {data_dir}: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            running = runfile.read(runfile.path_in(str(data_dir)))
            who = f" (process {running.pid})" if running is not None else ""
            raise ConfigError(f"data_dir: {data_dir}: another Sfera{who} runs over it") from None
        yield
