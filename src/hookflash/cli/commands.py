"""Every command but `run` and `env`, as typer sees them; each imports what it needs when it runs."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


@app.callback()
def _root() -> None:
    """Hookflash: a communications platform that speaks Twilio's API."""


@app.command()
def serve(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option(help="Where everything is kept.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 by default.")] = None,
    port: Annotated[int | None, typer.Option(help="Plain HTTP; 8010 by default, 0 for a free one.")] = None,
    https_port: Annotated[int | None, typer.Option(help="HTTPS; 8443 by default.")] = None,
    proxy_port: Annotated[int | None, typer.Option(help="The proxy of `hookflash run`; 8011 by default.")] = None,
    sip_port: Annotated[int | None, typer.Option(help="For calls, which are still to come.")] = None,
    rtp_ports: Annotated[str | None, typer.Option(help="For calls, which are still to come.")] = None,
    ready_file: Annotated[Path | None, typer.Option(help="Written once every listener is up.")] = None,
    mode: Annotated[str | None, typer.Option(help="development or operator.")] = None,
    trust_network: Annotated[list[str] | None, typer.Option(help="CIDR whose clients count as local.")] = None,
    public_url: Annotated[str | None, typer.Option(help="Base of every link handed out.")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM chain for your own name.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM key of --tls-cert.")] = None,
) -> None:
    """Run the platform until SIGTERM or Ctrl-C."""
    from hookflash.cli.serve import serve_command

    raise typer.Exit(serve_command(context.params))


ReadyFile = Annotated[Path | None, typer.Option(help="The ready file of the server to use.")]


@app.command()
def phone(
    number: Annotated[str, typer.Argument(help="The handset to be, such as +14155551212.")],
    to: Annotated[str | None, typer.Option(help="The number to write to; the account's first by default.")] = None,
    ready_file: ReadyFile = None,
) -> None:
    """A handset in the terminal: type a text, see what comes back."""
    from hookflash.cli.phone import phone_command

    phone_command(number, to, ready_file)
