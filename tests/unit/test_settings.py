"""The settings: what wins over what, and what is refused before anything starts."""

from pathlib import Path
from typing import Any

import pytest

from hookflash.actions.check_callee import CallRules
from hookflash.settings import Mode, Settings, SettingsError, read_settings


def test_options_win_over_variables_over_the_file(tmp_path: Path) -> None:
    """What is nearest to the start of the server wins; an option that was not given counts for nothing."""
    file = tmp_path / "hookflash.toml"
    file.write_text('port = 1\nhttps_port = 1\nproxy_port = 1\nlog_format = "json"', encoding="utf-8")
    env = {"HOOKFLASH_CONFIG": str(file), "HOOKFLASH_PORT": "2", "HOOKFLASH_HTTPS_PORT": "2"}
    settings = read_settings({"port": 3, "host": None}, env)
    assert (settings.port, settings.https_port, settings.proxy_port) == (3, 2, 1)
    assert (settings.log_format, settings.host) == ("json", "127.0.0.1")


def test_a_variable_may_hold_a_list(tmp_path: Path) -> None:
    """Lists are separated by commas."""
    env = {"HOOKFLASH_CONFIG": str(tmp_path / "none"), "HOOKFLASH_ALLOWED_HOSTS": "a.example,b.example"}
    assert read_settings({}, env).allowed_hosts == ("a.example", "b.example")


REFUSED: list[Any] = [
    ({"port": "many"}, "port"),
    ({"account_sid": "AC1"}, "go together"),
    ({"tls_key": Path("key.pem")}, "go together"),
    ({"host": "0.0.0.0"}, "--trust-network"),
    ({"host": "sms.example"}, "--trust-network"),
    ({"mode": "open"}, "mode"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_what_cannot_be_is_refused_with_a_reason(options: dict[str, object], words: str, tmp_path: Path) -> None:
    """A wrong setting stops the start, and the sentence says which one it is."""
    with pytest.raises(SettingsError, match=words):
        read_settings(options, {"HOOKFLASH_CONFIG": str(tmp_path / "none")})


@pytest.mark.parametrize("options", [{"mode": "operator"}, {"trust_network": ["172.30.0.0/16"]}])
def test_a_network_may_be_listened_on(options: dict[str, object], tmp_path: Path) -> None:
    """An operator's server may listen anywhere; a developer's where a network is named as trusted."""
    settings = read_settings({"host": "0.0.0.0", **options}, {"HOOKFLASH_CONFIG": str(tmp_path / "none")})
    assert settings.host == "0.0.0.0"
    assert settings.mode in Mode


def test_a_setting_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """A typing error in the file does not pass in silence."""
    file = tmp_path / "hookflash.toml"
    file.write_text("prot = 8010", encoding="utf-8")
    with pytest.raises(SettingsError, match="prot"):
        read_settings({}, {"HOOKFLASH_CONFIG": str(file)})


def test_a_laptop_calls_everywhere_at_once_and_an_operator_carefully() -> None:
    """Without settings: 30 calls a second to all countries, or one a second to North America."""
    assert Settings().call_rules == CallRules(30.0, None)
    assert Settings(mode=Mode.OPERATOR).call_rules == CallRules(1.0, ("US", "CA"))
    env = {"HOOKFLASH_CALLS_PER_SECOND": "2.5", "HOOKFLASH_VOICE_COUNTRIES": "DE,AT"}
    assert read_settings({"mode": "operator"}, env).call_rules == CallRules(2.5, ("DE", "AT"))


@pytest.mark.parametrize("rate", ["0", "-1", "1001"])
def test_the_pace_of_calls_has_limits(rate: str) -> None:
    """No call would ever leave, or all at once."""
    with pytest.raises(SettingsError, match="calls_per_second"):
        read_settings({}, {"HOOKFLASH_CALLS_PER_SECOND": rate})
