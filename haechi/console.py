"""The `console` command: serves the officers' console, and says how to sign in the first time."""

import secrets
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, out, say
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings

if TYPE_CHECKING:
    from console.store.database import Database

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Host = Annotated[str, typer.Option("--host", help="Address to listen on; only this machine unless given.")]


def console(port: Port = 8090, host: Host = "127.0.0.1", lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Serve the officers' console until Ctrl-C; the first time it says how to sign in."""
    serve(running.writable_lake(lake), running.checked_settings(), host, port, as_json=as_json)


def serve(lake: Lake, settings: Settings, host: str = "127.0.0.1", port: int = 8090, has_samples: bool = False, as_json: bool = False) -> None:
    """Prepare the decisions database, say where the console is and how to sign in, and serve."""
    import uvicorn

    from console.app import create_app
    from console.store.database import Database

    database = Database.of(settings["decisions.url"], Path(lake.folder))
    database.prepare()
    listener = _listener(host, port, or_another=has_samples)
    told = greeting(database, f"http://{host}:{listener.getsockname()[1]}", has_samples)
    if not emit(told, as_json):
        out.print(f"Haechi console: {told['address']}", markup=False)
        if told["password"]:
            out.print(f"Sign in as {' or '.join(told['accounts'])}, password {told['password']}", markup=False)
        out.print("Ctrl-C ends it.", markup=False)
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(create_app(lake, settings, database), log_level="warning", access_log=False))
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        say("The console has ended.")
    finally:
        database.close()


def _listener(host: str, port: int, or_another: bool) -> socket.socket:
    """A socket of the address, so that a taken port is told before anything is served; a demonstration takes any."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as fault:
        if or_another:
            listener.bind((host, 0))
            return listener
        raise CallerError("console.port", f"{host}:{port} cannot be listened on: {fault.strerror}", "Give another --port.") from None
    return listener


def greeting(database: "Database", address: str, has_samples: bool) -> dict[str, Any]:
    """Where the console is, and the accounts made where there were none; a password is told here and nowhere else."""
    from console.accounts import is_empty, make
    from console.samples import make_samples
    from console.store.audit import SYSTEM
    from console.vocabulary import Role

    told: dict[str, Any] = {"address": address, "database": database.shown, "accounts": [], "password": None}
    password = secrets.token_urlsafe(12)
    if has_samples:
        return told | {"accounts": make_samples(database, password), "password": password}
    with database.reading() as connection:
        if not is_empty(connection):
            return told
    with database.change(SYSTEM) as change:
        make(change, "admin", Role.ADMIN, (), password)
    return told | {"accounts": ["admin"], "password": password}
