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
    sip_port: Annotated[int | None, typer.Option(help="SIP over UDP and TCP; TLS is one above.")] = None,
    sip_address: Annotated[str | None, typer.Option(help="What SIP peers are told, behind a NAT.")] = None,
    rtp_address: Annotated[str | None, typer.Option(help="Where peers are told to send audio, behind a NAT.")] = None,
    rtp_ports: Annotated[str | None, typer.Option(help="Ports for audio, such as 20000-29999.")] = None,
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
    to: Annotated[str | None, typer.Option(help="The number to text and to call; the first by default.")] = None,
    ready_file: ReadyFile = None,
) -> None:
    """A handset in the terminal: text and call, see and hear what comes back."""
    from hookflash.cli.phone import phone_command

    phone_command(number, to, ready_file)


@app.command()
def timeline(
    sid: Annotated[str, typer.Argument(help="Of a message or a call, such as SM… or CA….")],
    details: Annotated[bool, typer.Option("--details", help="What each step recorded, too.")] = False,
    ready_file: ReadyFile = None,
) -> None:
    """What happened to a message or a call, step by step."""
    from hookflash.cli.timeline import timeline_command

    timeline_command(sid, ready_file, details=details)


@app.command()
def check(
    documents: Annotated[list[str], typer.Argument(help="Files or URLs with TwiML; - for standard input.")],
    messaging: Annotated[bool, typer.Option("--messaging", help="They answer texts: --channel messaging.")] = False,
    channel: Annotated[
        str, typer.Option(help="What they are for, such as voice or whisper; else their verbs tell.")
    ] = "",
    inline: Annotated[bool, typer.Option("--inline", help="They have no URL, as the parameter Twiml.")] = False,
    method: Annotated[str, typer.Option(help="How URLs are requested: GET or POST.")] = "POST",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON: a list of all that was found.")] = False,
) -> None:
    """Say all that is wrong with TwiML, where, and how to mend it; exit code 1 when something is."""
    from hookflash.cli.check import check_command

    raise typer.Exit(
        check_command(
            documents,
            channel="messaging" if messaging else channel,
            inline=inline,
            method=method,
            as_json=as_json,
        )
    )


@app.command()
def doctor(ready_file: ReadyFile = None) -> None:
    """What is configured, what is reachable, what is wrong and how to mend it; exit code 1 when something is."""
    from hookflash.cli.doctor import doctor_command

    raise typer.Exit(doctor_command(ready_file))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="To write, such as hookflash.tar.gz.")],
    data: Annotated[Path | None, typer.Option(help="The data directory; that of `serve` by default.")] = None,
) -> None:
    """Copy the database and the media into one file, without the keys; the server may be running."""
    from hookflash.cli.backup import backup_command

    backup_command(file, data)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Written by `hookflash backup`.")],
    data: Annotated[Path, typer.Option(help="An empty directory, or one that is yet to be made.")],
) -> None:
    """Unpack a backup into an empty data directory."""
    from hookflash.cli.backup import restore_command

    restore_command(file, data)


def _group(name: str, summary: str) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=summary)
    app.add_typer(group, name=name)
    return group


accounts = _group("accounts", "The accounts of the running server.")
numbers = _group("numbers", "The numbers of its accounts.")
short_codes = _group("short-codes", "Their short codes.")
verified = _group("verified", "Numbers that a trial account may text, and that an account may show as a caller.")
carriers = _group("carriers", "Who takes messages away.")

bins = _group("bins", "Documents that the server keeps for accounts: TwiML Bins.")

Account = Annotated[str | None, typer.Option("--account", help="SID of the account; the first one by default.")]
Name = Annotated[str | None, typer.Option("--name", help="The FriendlyName.")]
SmsUrl = Annotated[str | None, typer.Option(help="Who is asked about a text that comes in.")]


@accounts.command("add")
def add_account(
    sid: Annotated[str | None, typer.Option(help="Of an account that exists elsewhere; made when left out.")] = None,
    token: Annotated[str | None, typer.Option(help="Its auth token; made when left out.")] = None,
    name: Name = None,
    trial: Annotated[bool, typer.Option("--trial", help="With the limits of a trial account.")] = False,
    ready_file: ReadyFile = None,
) -> None:
    """Add an account, and print its credentials: the token is shown this once."""
    from hookflash.cli.manage import add

    shown = ("account_sid", "auth_token", "test_account_sid", "test_auth_token", "type")
    add("accounts add", "accounts", shown, ready_file, sid=sid, auth_token=token, friendly_name=name, trial=trial)


@accounts.command("list")
def list_accounts(ready_file: ReadyFile = None) -> None:
    """List accounts and subaccounts."""
    from hookflash.cli.manage import show

    show("accounts list", "accounts", ("sid", "friendly_name", "type", "status"), ready_file)


@numbers.command("add")
def add_number(
    number: Annotated[str, typer.Argument(help="Any number, such as +14155550100.")],
    account: Account = None,
    name: Name = None,
    sms_url: SmsUrl = None,
    ready_file: ReadyFile = None,
) -> None:
    """Give an account a number."""
    from hookflash.cli.manage import add

    values = {"phone_number": number, "account_sid": account, "friendly_name": name, "sms_url": sms_url}
    add("numbers add", "numbers", ("sid", "phone_number", "account_sid", "sms_url"), ready_file, **values)


@numbers.command("list")
def list_numbers(ready_file: ReadyFile = None) -> None:
    """List the numbers of every account."""
    from hookflash.cli.manage import show

    show("numbers list", "numbers", ("phone_number", "account_sid", "sms_url"), ready_file)


@numbers.command("remove")
def remove_number(
    number: Annotated[str, typer.Argument(help="One of `numbers list`.")], ready_file: ReadyFile = None
) -> None:
    """Take a number away from its account."""
    from hookflash.cli.manage import remove

    remove("numbers remove", "numbers", number, ready_file)


@short_codes.command("add")
def add_short_code(
    code: Annotated[str, typer.Argument(help="Three to eight digits.")],
    account: Account = None,
    name: Name = None,
    country: Annotated[str, typer.Option(help="ISO code of its country.")] = "US",
    sms_url: SmsUrl = None,
    ready_file: ReadyFile = None,
) -> None:
    """Give an account a short code."""
    from hookflash.cli.manage import add

    values = {"short_code": code, "account_sid": account, "friendly_name": name, "sms_url": sms_url}
    add(
        "short-codes add",
        "short-codes",
        ("sid", "short_code", "account_sid", "sms_url"),
        ready_file,
        iso_country=country,
        **values,
    )


@short_codes.command("list")
def list_short_codes(ready_file: ReadyFile = None) -> None:
    """List the short codes of every account."""
    from hookflash.cli.manage import show

    show("short-codes list", "short-codes", ("short_code", "iso_country", "account_sid", "sms_url"), ready_file)


@verified.command("add")
def add_verified(
    number: Annotated[str, typer.Argument(help="A number of somebody who agreed, such as +14155551212.")],
    account: Account = None,
    name: Name = None,
    ready_file: ReadyFile = None,
) -> None:
    """Take a number for verified."""
    from hookflash.cli.manage import add

    values = {"phone_number": number, "account_sid": account, "friendly_name": name}
    add("verified add", "verified", ("sid", "phone_number", "account_sid"), ready_file, **values)


@verified.command("list")
def list_verified(ready_file: ReadyFile = None) -> None:
    """List the verified numbers of every account."""
    from hookflash.cli.manage import show

    show("verified list", "verified", ("phone_number", "friendly_name", "account_sid"), ready_file)


@carriers.command("list")
def list_carriers(ready_file: ReadyFile = None) -> None:
    """List carriers with their state, and the routes to them."""
    from hookflash.cli.manage import list_carriers as show_carriers

    show_carriers(ready_file)


BinFile = Annotated[str, typer.Argument(help="The document; - for standard input.")]
BinSid = Annotated[str, typer.Argument(help="Of the bin: EH and 32 digits.")]


@bins.command("add")
def add_bin(file: BinFile, name: Name = None, account: Account = None, ready_file: ReadyFile = None) -> None:
    """Keep a document, and print the URL at which it answers; warnings about it are shown."""
    from hookflash.cli.bins import add

    add(file, name=name, account=account, ready_file=ready_file)


@bins.command("list")
def list_bins(ready_file: ReadyFile = None) -> None:
    """List the bins of every account."""
    from hookflash.cli.manage import show

    show("bins list", "bins", ("friendly_name", "url", "account_sid"), ready_file)


@bins.command("show")
def show_bin(sid: BinSid, ready_file: ReadyFile = None) -> None:
    """Print the document of a bin."""
    from hookflash.cli.bins import show

    show(sid, ready_file=ready_file)


@bins.command("change")
def change_bin(sid: BinSid, file: BinFile, ready_file: ReadyFile = None) -> None:
    """Keep another document in a bin; its URL stays."""
    from hookflash.cli.bins import change

    change(sid, file, ready_file=ready_file)


@bins.command("remove")
def remove_bin(sid: BinSid, ready_file: ReadyFile = None) -> None:
    """Keep it no longer."""
    from hookflash.cli.manage import remove

    remove("bins remove", "bins", sid, ready_file)
