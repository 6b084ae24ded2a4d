"""Free ports for listeners configured with port 0: chosen before the processes start, since each must know of the
others'."""

from __future__ import annotations

import contextlib
import socket

from sfera.config import Config, ConfigError


def choose(config: Config) -> dict[str, str]:
    """Environment variables that give every listener configured with port 0 a port that is free now.

    All ports are held until all are chosen, so they differ. Another program may take one before our process binds it;
    then that process fails to start, and says so.

    Raises:
        ConfigError: a host of the configuration is no address of this machine.
    """
    listeners = {
        "api.port": (config.api.host, config.api.port),
        "media.port": (config.media.host, config.media.port),
        "media.control_port": (config.media.control_host, config.media.control_port),
        "hls.port": (config.hls.host, config.hls.port),
        "hls.control_port": (config.hls.control_host, config.hls.control_port),
        "supervisor.port": (config.supervisor.host, config.supervisor.port),
    }
    chosen = {}
    with contextlib.ExitStack() as held:
        for key, (host, port) in listeners.items():
            if port:
                continue
            try:
                family, kind, protocol, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
                listener = held.enter_context(socket.socket(family, kind, protocol))
                listener.bind(address)
            except OSError as error:
                raise ConfigError(f"{key.replace('port', 'host')}: {host}: {error.strerror}") from None
            chosen[f"SFERA_{key.replace('.', '__').upper()}"] = str(listener.getsockname()[1])
    return chosen
