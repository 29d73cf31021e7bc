"""The `hookflash` command. `run` and `env` start other programs and must cost them nothing: they go before the rest."""

import sys


def main() -> None:
    """Dispatch to the command; nothing heavy is imported before it is known which."""
    match sys.argv[1:2]:
        case ["run"]:
            from hookflash.cli.run import run_command

            sys.exit(run_command(sys.argv[2:]))
        case ["env"]:
            from hookflash.cli.env import env_command

            sys.exit(env_command(sys.argv[2:]))
    from hookflash.cli.commands import app

    app()
